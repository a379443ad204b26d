// swift-tools-version: 6.2
import PackageDescription

/// The benchmarks, a package of their own: who uses jitfs as a library neither builds nor fetches anything for them.
let package = Package(
    name: "jitfs-benchmarks",
    dependencies: [.package(name: "jitfs", path: "..")],
    targets: [
        .executableTarget(
            name: "jitfs-bench",
            dependencies: [
                .product(name: "JITFSServer", package: "jitfs"), .product(name: "PseudoFS", package: "jitfs"),
                .product(name: "TraceEngine", package: "jitfs"), .product(name: "PagePool", package: "jitfs"),
                .product(name: "SwapReplay", package: "jitfs"), .product(name: "DebugFS", package: "jitfs"),
            ],
            path: "Sources/JITFSBench",
            swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")])
    ]
)
