/// How far a change goes that is made through a node: who has to look again.
///
/// A wider one costs looks that find nothing; one that is too narrow loses changes. So the widest that may be meant is the
/// default everywhere, and a narrower one is declared where it is known to hold.
public enum ChangeReach: Sendable {
    /// The files of the same subject, and of the subject of the file system's root, which may show something of all.
    /// A change through the root's own subject reaches the whole file system, and so does every removal.
    case subject
    /// The whole file system.
    case fileSystem
    /// Everything there is: the file system shows what is others', and changes it.
    case everything
}
