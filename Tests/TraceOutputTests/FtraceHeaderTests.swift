internal import Bytes
internal import Testing
internal import TraceOutput

struct FtraceHeaderTests {
    private func header(_ change: (inout FtraceText.Options) -> Void = { _ in }) -> String {
        var text = FtraceText()
        change(&text.options)
        var out = ByteBuffer()
        text.append(headerOf: "nop", entries: 405, written: 2000, cpus: 2, to: &out)
        return out.text
    }

    @Test func `the header is the kernel's`() {
        #expect(
            header() == """
                # tracer: nop
                #
                # entries-in-buffer/entries-written: 405/2000   #P:2
                #
                #                                _-----=> irqs-off/BH-disabled
                #                               / _----=> need-resched
                #                              | / _---=> hardirq/softirq
                #                              || / _--=> preempt-depth
                #                              ||| / _-=> migrate-disable
                #                              |||| /     delay
                #           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
                #              | |         |   |||||     |         |

                """)
    }

    @Test func `record-tgid has a column more`() {
        #expect(
            header { $0.recordTgid = true } == """
                # tracer: nop
                #
                # entries-in-buffer/entries-written: 405/2000   #P:2
                #
                #                                          _-----=> irqs-off/BH-disabled
                #                                         / _----=> need-resched
                #                                        | / _---=> hardirq/softirq
                #                                        || / _--=> preempt-depth
                #                                        ||| / _-=> migrate-disable
                #                                        |||| /     delay
                #           TASK-PID       TGID    CPU#  |||||  TIMESTAMP  FUNCTION
                #              | |           |       |   |||||     |         |

                """)
    }

    @Test func `noirq-info has no flags`() {
        #expect(
            header { $0.irqInfo = false } == """
                # tracer: nop
                #
                # entries-in-buffer/entries-written: 405/2000   #P:2
                #
                #           TASK-PID     CPU#     TIMESTAMP  FUNCTION
                #              | |         |         |         |

                """)
    }

    @Test func `verbose and nocontext-info have no columns`() {
        #expect(header { $0.verbose = true } == "# tracer: nop\n#\n")
        #expect(header { $0.contextInfo = false } == "# tracer: nop\n#\n")
    }
}
