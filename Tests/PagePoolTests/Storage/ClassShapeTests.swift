internal import JITFSTestSupport
internal import Testing

@testable internal import PagePool

@Suite struct ClassShapeTests {
    @Test func `every length has the smallest class that it fits`() {
        for payload in 0...ClassShape.payloadMax {
            let shape = ClassShape(class: ClassShape.number(for: payload))
            #expect(shape.stride >= payload + 4 && shape.stride < payload + 4 + 16)
            #expect(ClassShape.pad(for: payload) == shape.stride - 4 - payload)
        }
        #expect(ClassShape.count == 257)
    }

    @Test func `places are those of a division, up to the last of 2^32`() {
        var random = SeededGenerator(seed: 1)
        for number in 0..<ClassShape.count {
            let shape = ClassShape(class: number)
            let per = shape.objectsPerChunk
            var indices = [0, 1, per - 1, per, per + 1, 2 * per - 1, 2 * per, Int(UInt32.max)]
            let last = Int(UInt32.max) / per * per
            indices += [last - 1, last, min(last + 1, Int(UInt32.max))]
            for _ in 0..<200 { indices.append(Int(UInt32.random(in: 0...UInt32.max, using: &random))) }
            for index in indices {
                let place = shape.place(of: index)
                let isRight = place.chunk == index / per && place.offset == index % per * shape.stride
                #expect(isRight)
                #expect(place.offset + shape.stride <= MemoryChunk.bytes)
            }
        }
    }

    @Test func `pages are those that the objects touch`() {
        for number in [0, 1, 64, 100, 254, 255, 256] {
            let shape = ClassShape(class: number)
            var touched = 0
            for index in 0..<(shape.objectsPerChunk * 2 + 3) {
                #expect(shape.pages(for: index) == touched)
                let place = shape.place(of: index)
                touched = place.chunk * shape.pagesPerChunk + (place.offset + shape.stride + 4095) / 4096
            }
        }
    }
}
