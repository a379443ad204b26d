/// An operation as all models need it: what is the same for all of them was found out before.
struct ReplayStep {
    enum Action: UInt8 {
        case put, get, discard
    }

    /// Operations of the recording up to this one.
    let number: UInt64
    let time: UInt64
    /// The page, by the place at which it first came.
    let slot: UInt32
    /// Pages stored once it is done, and the nodes of their table.
    let pagesStored: UInt32
    let tableNodes: UInt32
    /// Bytes of the object, 0 to 4096.
    let length: UInt16
    let action: Action
}
