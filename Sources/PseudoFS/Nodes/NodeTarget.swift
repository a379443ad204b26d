/// What an entry resolves to: a file or a directory, as tables define them.
@usableFromInline
enum NodeTarget: Sendable {
    case file(FileDefinition)
    case directory(DirectoryDefinition)

    var declaration: Declaration {
        switch self {
        case .file(let file): file.declaration
        case .directory(let directory): directory.declaration
        }
    }
}
