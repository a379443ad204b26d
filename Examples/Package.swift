// swift-tools-version: 6.2
import PackageDescription

/// Programs that have jitfs inside: a package of their own, as a user's would be.
let package = Package(
    name: "jitfs-examples",
    dependencies: [.package(name: "jitfs", path: "..")],
    targets: [
        .executableTarget(
            name: "Shop",
            dependencies: [
                .product(name: "DebugFS", package: "jitfs"), .product(name: "JITFSServer", package: "jitfs"),
                .product(name: "TraceEngine", package: "jitfs"),
            ]),
        .executableTarget(
            name: "WorldClock",
            dependencies: [
                .product(name: "JITFSServer", package: "jitfs"), .product(name: "PseudoFS", package: "jitfs"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
