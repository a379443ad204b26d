internal import PseudoFS
internal import TraceEngine

/// `README`: what there is, and nothing that is not.
enum ReadmeFile {
    static let file = File<TraceInstance>.attribute(
        mode: 0o440, summary: "What the files of /tracing do, in short.", value: { _ in .text(text) })

    private static let text = """
        jitfs tracing mini-HOWTO:

        Read a file with GET (?raw for its text), write it with PUT (echo v > file) or POST (echo v >> file).

         instances/NAME - an instance with buffers of its own: POST {"name":"NAME"} to instances, DELETE the directory

         Important files, here and in each instance:
          trace                 - the contents of the buffers; an empty PUT clears them
          trace_pipe            - the same as a stream, each event once
          snapshot              - the buffers exchanged with spare ones
                                  0 - frees the spare buffers; 1 - takes a snapshot; any other number - clears it
          trace_marker          - text, recorded as an event
          trace_marker_raw      - a u32 and bytes, recorded as an event
          tracing_on            - 0 stops recording, 1 goes on
          trace_clock           - the clock of the records
          current_tracer        - nop
          buffer_size_kb        - KiB of each CPU's buffer
          buffer_total_size_kb  - KiB of all of them
          buffer_subbuf_size_kb - KiB of each sub-buffer; another size clears the buffers
          buffer_percent        - how full a CPU's buffer is to be before a watch says so
          free_buffer           - a write makes the buffers as small as can be
          tracing_cpumask       - the CPUs that take records
          trace_options         - how records are taken and shown: a name sets an option, no before it clears it
          options/              - the same, a file each
          error_log             - the last commands that were refused; an empty PUT clears it

         Events:
          available_events      - all that can be enabled
          set_event             - those that are: SYSTEM:EVENT, SYSTEM:, :EVENT, ! before it disables
          set_event_pid         - only records of these tasks
          set_event_notrace_pid - none of these tasks
          events/enable, events/SYSTEM/enable, events/SYSTEM/EVENT/enable - 0 or 1
          events/SYSTEM/filter, events/SYSTEM/EVENT/filter - what a record must pass; 0 lets all pass
          events/SYSTEM/EVENT/format - what its records look like
          events/SYSTEM/EVENT/trigger - COMMAND[:COUNT][ if FILTER]; ! before it removes
            traceon, traceoff, snapshot, stacktrace
            enable_event:SYSTEM:EVENT, disable_event:SYSTEM:EVENT
            hist:keys=FIELD,...[:vals=...][:sort=...][:size=...]
          events/SYSTEM/EVENT/hist - what its histograms have counted
          synthetic_events      - events that histograms record
          dynamic_events        - u:SYSTEM/NAME TYPE FIELD; ... defines an event, -:SYSTEM/NAME removes it
          user_events_data      - records of events, as JSON, one a line

         Each CPU: per_cpu/cpuN
          trace, trace_pipe, snapshot, buffer_size_kb - as above
          trace_pipe_raw        - the sub-buffers as they are in memory
          snapshot_raw          - those of the snapshot
          stats                 - what was taken, lost and read

         Tasks:
          saved_cmdlines        - the names of the tasks that wrote records
          saved_cmdlines_size   - how many are remembered
          saved_tgids           - their thread groups, with the option record-tgid
        """
}
