public import PseudoFS
public import TraceEngine

/// What is waited for is which events are wanted.
extension EventWatch: ValueWatch {}
