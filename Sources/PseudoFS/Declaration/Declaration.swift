/// Everything that may be known of a node without looking at what it stands for.
///
/// It is made once for each entry of a ``DirectoryTable`` and shared by every node that the table gives: the front,
/// its `OPTIONS`, the refusal of unknown parameters, the page for browsers and the check of `openapi.yaml` read it.
public final class Declaration: Sendable {
    /// Directory, file or symbolic link.
    public enum Kind: String, Sendable {
        /// Has entries.
        case directory
        /// Has contents.
        case file
        /// Leads elsewhere in its mount: a walk follows it.
        case symlink

        /// Its name, as listings write it.
        public var word: StaticString {
            switch self {
            case .directory: "directory"
            case .file: "file"
            case .symlink: "symlink"
            }
        }
    }

    /// How a file's contents are had; directories are `.listing`.
    public enum Content: String, Sendable, CaseIterable {
        /// Entries.
        case listing
        /// A typed value.
        case attribute
        /// A document that is rendered while it is read, and ends.
        case document
        /// A document that goes on until the reader or its subject goes, and consumes what it gives.
        case stream
        /// Takes writes and gives nothing.
        case sink
        /// Bytes as they are, read and written whole; beside them, what is known about them.
        case bytes
        /// Bytes by their position, read, written and discarded in ranges.
        case device
        /// Takes a document by appending and gives another one back; there is nothing to be read.
        case exchange
        /// Takes requests by appending, which the front answers one by one; there is nothing to be read.
        case requests
        /// A path to something else.
        case link
    }

    /// Directory, file or symbolic link.
    public let kind: Kind
    /// How its contents are had.
    public let content: Content
    /// The place of ``content`` among all there are: what counts by kind of node has an index at hand.
    public let contentIndex: Int
    /// Permission bits, as `ls -l` would show them: `0o640`.
    public let mode: UInt16
    /// What can be done to it.
    public let verbs: Verbs
    /// In which forms it can be shown, the default first; none for a sink. An exchange has one, in which it takes its
    /// documents and gives them.
    public let forms: [Form]
    /// Which parameters it takes, beside those that follow from its kind and forms.
    public let parameters: [Parameter]
    /// In which forms a write may come beside its plain one, which has no name.
    public let bodyForms: [Form]
    /// Which members a creation in this directory takes, beside `name`.
    public let members: [String]
    /// What a caller needs for reading.
    public let readAuthority: Authority
    /// What a caller needs for a change.
    public let changeAuthority: Authority
    /// Whether a write is taken as its bytes come, however many they are, and not whole.
    public let takesAsItComes: Bool
    /// Whether it can be watched: changes are told as they come. Every directory and every attribute of ours can.
    public let isWatchable: Bool
    /// How far a change through it goes, where that is not what its file system says of all.
    public let reach: ChangeReach?
    /// Whether it can be removed with everything below it at once.
    public let removesTree: Bool
    /// Whose it is, where it is not ours.
    public let foreign: Foreign?
    /// One sentence for people.
    public let summary: String

    /// What somebody else keeps, and we only show: it changes without our knowing, and so cannot be watched.
    public enum Foreign: Sendable {
        /// It is changed through us too, as far as its keeper lets us.
        case changeable
        /// It is not changed through us.
        case readOnly
    }

    @usableFromInline
    init(
        kind: Kind, content: Content, mode: UInt16, verbs: Verbs, forms: [Form], parameters: [Parameter] = [],
        members: [String] = [], readAuthority: Authority = .read, changeAuthority: Authority = .write,
        takesAsItComes: Bool = false, bodyForms: [Form] = [], isWatchable: Bool = false, removesTree: Bool = false,
        reach: ChangeReach? = nil, foreign: Foreign? = nil, summary: String
    ) {
        self.kind = kind
        self.content = content
        contentIndex = Content.allCases.firstIndex(of: content) ?? 0
        self.mode = mode
        self.verbs = verbs
        self.forms = forms
        self.parameters = parameters
        self.members = members
        self.readAuthority = readAuthority
        self.changeAuthority = changeAuthority
        self.takesAsItComes = takesAsItComes
        self.bodyForms = bodyForms
        self.isWatchable = foreign == nil && (isWatchable || content == .attribute || content == .listing)
        self.reach = reach
        self.removesTree = removesTree
        self.foreign = foreign
        self.summary = summary
    }

    /// The same, with further verbs.
    @usableFromInline
    func adding(_ more: Verbs) -> Declaration { changed(verbs.union(more), foreign) }

    /// The same, as somebody else's.
    func shown(_ foreign: Foreign) -> Declaration { changed(verbs, foreign) }

    private func changed(_ verbs: Verbs, _ foreign: Foreign?) -> Declaration {
        Declaration(
            kind: kind, content: content, mode: mode, verbs: verbs, forms: forms, parameters: parameters,
            members: members, readAuthority: readAuthority, changeAuthority: changeAuthority,
            takesAsItComes: takesAsItComes, bodyForms: bodyForms, isWatchable: isWatchable, removesTree: removesTree,
            reach: reach, foreign: foreign, summary: summary)
    }

    /// Whether it is a directory.
    public var isDirectory: Bool { kind == .directory }
}
