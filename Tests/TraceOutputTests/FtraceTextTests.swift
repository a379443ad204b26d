internal import Bytes
internal import Testing
internal import TraceEngine
internal import TraceOutput

struct FtraceTextTests {
}
