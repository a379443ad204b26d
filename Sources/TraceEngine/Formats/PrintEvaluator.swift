internal import Bytes

/// Runs a compiled print fmt over one record.
///
/// Holds borrowed spans only: making one costs nothing, and nothing is counted while it runs. Recursion is bounded by
/// the compiler's ``PrintCompiler/heightMax``.
struct PrintEvaluator: ~Escapable {
    let nodes: Span<PrintNode>
    let pieces: Span<PrintPiece>
    let runs: Span<Range<Int32>>
    let tables: Span<PrintTable>
    let entries: Span<PrintTable.Entry>
    let text: Span<UInt8>
    let record: Span<UInt8>

    @_lifetime(copy nodes, copy pieces, copy runs, copy tables, copy entries, copy text, copy record)
    init(
        nodes: Span<PrintNode>, pieces: Span<PrintPiece>, runs: Span<Range<Int32>>, tables: Span<PrintTable>,
        entries: Span<PrintTable.Entry>, text: Span<UInt8>, record: Span<UInt8>
    ) {
        self.nodes = nodes
        self.pieces = pieces
        self.runs = runs
        self.tables = tables
        self.entries = entries
        self.text = text
        self.record = record
    }

    func node(_ index: Int32) -> PrintNode { nodes[Int(index)] }

    // MARK: numbers

    /// The number of a node, extended to 64 bits by its type; 0 of what is none.
    func integer(_ index: Int32) -> UInt64 {
        let node = node(index)
        switch node.operation {
        case .constant: return node.value
        case .field:
            return record.number(at: Int(node.value), size: Int(node.b))
                .extended(size: node.type.size, isSigned: node.type.isSigned)
        case .cast: return extended(integer(node.a), node.type)
        case .negate: return extended(0 &- integer(node.a), node.type)
        case .complement: return extended(~integer(node.a), node.type)
        case .not: return truth(node.a) ? 0 : 1
        case .and: return truth(node.a) && truth(node.b) ? 1 : 0
        case .or: return truth(node.a) || truth(node.b) ? 1 : 0
        case .conditional where node.form == .integer:
            return extended(integer(truth(node.a) ? node.b : node.c), node.type)
        case .element: return element(node)
        case .dynamicLength: return record.number(at: Int(node.value), size: 4) >> 16
        case .bits: return integer(node.a) >> UInt64(node.b) & ((1 << node.value) - 1)
        case .add, .subtract, .multiply, .divide, .remainder, .shiftLeft, .shiftRight, .bitAnd, .bitXor, .bitOr,
            .less, .lessEqual, .greater, .greaterEqual, .equal, .notEqual:
            return PrintArithmetic.apply(node.operation, integer(node.a), integer(node.b), type: node.operandType)
        default: return 0
        }
    }

    private func extended(_ value: UInt64, _ type: CType) -> UInt64 {
        value.extended(size: type.size, isSigned: type.isSigned)
    }

    /// Whether a value is not zero; text and bytes of a record are never a null pointer.
    func truth(_ index: Int32) -> Bool { node(index).form != .integer || integer(index) != 0 }

    private func element(_ node: PrintNode) -> UInt64 {
        let place = place(node.a)
        let index = Int(truncatingIfNeeded: Int64(bitPattern: integer(node.b)))
        let size = Int(node.type.size)
        guard index >= 0, index < place.count / size else { return 0 }
        return extended(record.number(at: place.offset + index * size, size: size), node.type)
    }

    // MARK: bytes of the record

    /// Where the bytes of a node stand, cut to the record; empty for what are none.
    func place(_ index: Int32) -> (offset: Int, count: Int) {
        let node = node(index)
        switch node.operation {
        case .place: return clipped(Int(node.value), node.b < 0 ? record.count : Int(node.b))
        case .dynamicPlace:
            let descriptor = Int(record.number(at: Int(node.value), size: 4))
            let base = node.b == 1 ? Int(node.value) + 4 : 0
            return clipped(base + (descriptor & 0xFFFF), descriptor >> 16)
        case .advanced:
            let (offset, count) = place(node.a)
            let step = Int64(bitPattern: integer(node.b)).multipliedReportingOverflow(by: Int64(node.type.size))
            if step.overflow || step.partialValue < 0 || step.partialValue > Int64(count) { return (offset, 0) }
            return (offset + Int(step.partialValue), count - Int(step.partialValue))
        case .conditional: return place(truth(node.a) ? node.b : node.c)
        default: return (0, 0)
        }
    }

    private func clipped(_ offset: Int, _ count: Int) -> (offset: Int, count: Int) {
        let start = min(max(offset, 0), record.count)
        return (start, min(max(count, 0), record.count - start))
    }

    /// The bytes of a node, of them at most `count`.
    @_lifetime(copy self)
    func bytes(_ index: Int32, count: Int = .max) -> Span<UInt8> {
        let place = place(index)
        return record.extracting(place.offset..<(place.offset + min(place.count, max(count, 0))))
    }

    /// A count that the record gives, as a number that fits.
    func count(_ index: Int32) -> Int {
        let value = Int64(bitPattern: integer(index))
        return Int(min(max(value, 0), 1 << 20))
    }
}
