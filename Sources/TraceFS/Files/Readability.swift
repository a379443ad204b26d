internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// Whether a pipe is worth reading, for who watches it: the kernel's `poll`.
final class Readability: Readiness {
    private let watch: ReadWatch

    init(_ instance: TraceInstance, lane: Int?) throws(Failure) {
        watch = try engine(.node) { () throws(Errno) in try instance.watchReading(lane: lane) }
    }

    var isReady: Bool { watch.isReadable }

    var isOver: Bool { watch.isEnded }

    func wait(_ wake: @escaping @Sendable () -> Void) { watch.wait(wake) }

    func close() { watch.close() }
}
