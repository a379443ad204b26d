/// The numbers by which dictionaries are sampled, trained, judged and given up.
struct DictionaryPlan: Sendable {
    /// Of so many pages packed one is looked at, on average.
    var every = 32
    /// Pages that dictionaries are trained on: 64 for each, if there are as many as there may be. With 256 pages for eight
    /// families mixed pages get 3.9 % smaller, with 1,024 for sixteen 5.0 %.
    var trainingPages = 1024
    /// Pages that decide whether they are adopted; none was trained on.
    var heldOutPages = 256
    /// Pages of a whole sample.
    var samplePages: Int { trainingPages + heldOutPages }
    /// So many pages looked at are some moment's mean: so many that chance alone hardly makes it grow by 5 %.
    var meanPages = 2048
    /// Pages looked at after which it is time to train again in any case: 2^20 puts.
    var pagesMax = 1 << 15
    /// Pages looked at before a sample is begun again that was given up for want of memory, and from one look at what is left to
    /// do to the next.
    var pause = 2048

    /// The most families of pages, with a dictionary each.
    var familiesMax = 16
    /// Stored pages that a dictionary is there for: fewer do not save what it takes.
    var pagesEach = 2560
    /// Pages of a sample that a family has at the least, of those to train on.
    var membersMin = 16
    /// And of those held out, without which nothing can be shown.
    var heldOutMin = 2
    /// Bytes of a dictionary: more are hardly ever better, and take more memory.
    var contentBytes = 16 << 10

    /// Pages that keep a dictionary of earlier days in use; fewer are packed anew, for it takes more than they save.
    var leftoversMax = 4096
    /// Dictionaries from which on the oldest are given up, however many pages have them; below what entries can tell apart, so
    /// that there is a number for the next.
    var countMax = 192
    /// CPU time for packing pages anew, of a hundred.
    var cpuPercent = 10

    /// What pools do.
    static let usual = DictionaryPlan()
}
