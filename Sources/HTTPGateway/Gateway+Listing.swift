internal import Bytes
internal import PseudoFS

extension Gateway {
    /// Opens a directory's listing in a form: its entries, or everything below it.
    func listing(
        of node: Node, _ form: Form, _ target: borrowing Target, _ head: borrowing RequestHead, _ call: borrowing Call
    ) throws(Failure) -> any OpenFile {
        let look = Look(caller: call.caller, permits: permission(of: head))
        if call.query.isRecursive { return try TreeWalk(below: node, form: form, look: look) }
        let pager = EntryPager(
            try node.entries(look), after: call.query.after, entryCountMax: call.query.entryCountMax)
        if form == .html {
            return DirectoryPage(
                of: node, at: String(repairing: target.path), entries: pager,
                endsInSlash: target.endsInSlash || target.path.count == 1,
                authority: call.caller.authority)
        }
        return DirectoryListing(of: node, entries: pager, form: form)
    }
}
