import Glibc

/// What libFuzzer calls: it has its own `main`, and takes these two by their names.

/// Chooses the target by the environment's `FUZZ_TARGET`.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<CInt>,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
    _ = chosen
    return 0
}

/// Runs the target over one input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    unsafe chosen.run(Span(_unsafeStart: bytes, count: size))
    return 0
}

private let chosen: Target = {
    let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
    guard let target = Target.all.first(where: { $0.name == name }) else {
        print("FUZZ_TARGET is one of: \(Target.all.map(\.name).joined(separator: " "))")
        exit(2)
    }
    return target
}()
