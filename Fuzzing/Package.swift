// swift-tools-version: 6.2
import PackageDescription

/// The fuzz targets, a package of their own: they are built with libFuzzer, and nobody else needs them.
let package = Package(
    name: "jitfs-fuzzing",
    dependencies: [.package(name: "jitfs", path: "..")],
    targets: [
        .executableTarget(
            name: "jitfs-fuzz",
            dependencies: [
                .product(name: "PagePool", package: "jitfs"), .product(name: "TraceEngine", package: "jitfs"),
            ],
            path: "Sources/JITFSFuzz",
            swiftSettings: [
                .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .strictMemorySafety(),
                .enableExperimentalFeature("Lifetimes"),
                .treatAllWarnings(as: .error),
            ])
    ]
)
