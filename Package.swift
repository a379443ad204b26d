// swift-tools-version: 6.2
import PackageDescription

/// The settings of every Swift target: the language mode is 6, every import says how far it reaches,
/// unsafe code is marked where it stands, and a warning is an error.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// One library target and its arrows: what is not named here cannot be imported, the build refuses it.
func module(_ name: String, imports: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: imports, resources: resources, swiftSettings: settings)
}

/// The tests of one module, which may also use the support module and what the module itself is made of.
func tests(
    _ name: String, of modules: [Target.Dependency], resources: [Resource] = [], exclude: [String] = []
) -> Target {
    .testTarget(
        name: name, dependencies: modules + ["JITFSTestSupport", "Locking", system], exclude: exclude,
        resources: resources, swiftSettings: settings)
}

let package = Package(
    name: "jitfs",
    products: [
        .library(name: "PseudoFS", targets: ["PseudoFS", "Bytes"]),
        .library(name: "SysFS", targets: ["SysFS", "PseudoFS", "Bytes"]),
        .library(name: "ProcFS", targets: ["ProcFS", "PseudoFS", "Bytes"]),
        .library(name: "DebugFS", targets: ["DebugFS", "PseudoFS", "Bytes"]),
        .library(name: "TraceEngine", targets: ["TraceEngine", "TraceOutput", "TraceFS", "Bytes"]),
        .library(name: "PagePool", targets: ["PagePool", "PagePoolZstd", "PoolFS", "Zstd", "Bytes"]),
        .library(name: "SwapReplay", targets: ["SwapReplay", "Bytes"]),
        .library(name: "JITFSServer", targets: ["JITFSServer"]),
        .executable(name: "jitfsd", targets: ["jitfsd"]),
        .executable(name: "jitfs", targets: ["jitfs"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // Only the tests read YAML.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // C libraries
        .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(name: "CGnuTLS", pkgConfig: "gnutls", providers: [.apt(["libgnutls28-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),

        .systemLibrary(name: "CLinuxShims"),

        // 0 values
        module("Bytes"),
        module("Locking", imports: [system]),
        module("Zstd", imports: ["CZstd", "Bytes"]),
        module("OpenMetrics", imports: ["Bytes"]),

        // 1 cores
        module("PseudoFS", imports: ["Bytes", "Locking", system]),
        module("TraceEngine", imports: ["Bytes", "Locking", "CLinuxShims", system]),
        module("PagePool", imports: ["Bytes", "Locking", "CLinuxShims", system]),
        module("SwapReplay", imports: ["Bytes", system]),

        // 2 adapters
        module("SysFS", imports: ["Bytes", "PseudoFS", system]),
        module("DebugFS", imports: ["Bytes", "Locking", "PseudoFS", system]),
        module("HostFS", imports: ["Bytes", "Locking", "CLinuxShims", "PseudoFS", system]),
        module("TraceOutput", imports: ["Bytes", "TraceEngine", system]),
        module("KernelTracing", imports: ["Bytes", "Locking", "CLinuxShims", "TraceEngine", system]),
        module("PagePoolZstd", imports: ["Bytes", "PagePool", "Zstd", system]),

        // 3 views
        module("TraceFS", imports: ["Bytes", "Locking", "PseudoFS", "TraceEngine", "TraceOutput", system]),
        module("PoolFS", imports: ["Bytes", "Locking", "PseudoFS", "PagePool", system]),
        module("ProcFS", imports: ["Bytes", "Locking", "PseudoFS", system]),

        // 4 front
        module("HTTPGateway", imports: ["Bytes", "Locking", "PseudoFS", system]),
        module("MicroHTTPD", imports: ["Bytes", "Locking", "HTTPGateway", "PseudoFS", "CMicroHTTPD", system]),

        // 5 assembly
        module(
            "JITFSServer",
            imports: [
                "CLinuxShims", "Bytes", "Locking", "Zstd", "OpenMetrics", "PseudoFS", "TraceEngine", "PagePool",
                "SysFS", "DebugFS", "HostFS", "TraceOutput", "KernelTracing", "PagePoolZstd", "TraceFS", "PoolFS",
                "ProcFS", "HTTPGateway", "MicroHTTPD", system,
            ], resources: [.embedInCode("Resources/openapi.yaml")]),

        // 6 programs
        module("JITFSClient", imports: ["Bytes", "SwapReplay", "CGnuTLS", system, arguments]),
        .executableTarget(
            name: "jitfsd", dependencies: ["JITFSServer", "JITFSClient", arguments], swiftSettings: settings),
        .executableTarget(name: "jitfs", dependencies: ["JITFSClient"], swiftSettings: settings),

        // tests
        .target(
            name: "JITFSTestSupport", dependencies: ["Bytes", system], path: "Tests/JITFSTestSupport",
            swiftSettings: settings),
        // The bodies of the nested package's benchmarks, so that they run once, small, with the tests.
        .target(
            name: "BenchmarkBodies",
            dependencies: [
                "JITFSServer", "DebugFS", "PseudoFS", "TraceEngine", "PagePool", "PagePoolZstd", "SwapReplay", "Zstd",
                "Bytes",
            ],
            path: "Benchmarks/Sources/JITFSBench", exclude: ["Program.swift"],
            swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]),
        tests("BenchmarkTests", of: ["BenchmarkBodies"]),
        tests("BytesTests", of: ["Bytes"]),
        tests("ZstdTests", of: ["Zstd", "Bytes"]),
        tests("OpenMetricsTests", of: ["OpenMetrics", "Bytes"]),
        tests("PseudoFSTests", of: ["PseudoFS", "Bytes"]),
        tests("TraceEngineTests", of: ["TraceEngine", "Zstd", "Bytes"]),
        tests("TraceOutputTests", of: ["TraceOutput", "TraceEngine", "Bytes"]),
        tests("KernelTracingTests", of: ["KernelTracing", "TraceEngine", "Bytes"]),
        tests("PagePoolTests", of: ["PagePool", "Bytes"]),
        tests("PagePoolZstdTests", of: ["PagePoolZstd", "PagePool", "Zstd", "Bytes"]),
        tests("SwapReplayTests", of: ["SwapReplay", "PagePool", "Bytes"]),
        tests("PoolFSTests", of: ["PoolFS", "PagePool", "PagePoolZstd", "PseudoFS", "Bytes"]),
        tests("SysFSTests", of: ["SysFS", "PseudoFS", "Bytes"]),
        tests("ProcFSTests", of: ["ProcFS", "PseudoFS", "Bytes"]),
        tests("DebugFSTests", of: ["DebugFS", "PseudoFS", "Bytes"]),
        tests("HostFSTests", of: ["HostFS", "PseudoFS", "Bytes"]),
        tests("TraceFSTests", of: ["TraceFS", "PseudoFS", "TraceEngine", "TraceOutput", "Bytes"]),
        tests("HTTPGatewayTests", of: ["HTTPGateway", "PseudoFS", "Bytes"]),
        tests("MicroHTTPDTests", of: ["MicroHTTPD", "HTTPGateway", "PseudoFS", "Bytes"]),
        tests(
            "JITFSServerTests",
            of: [
                "JITFSServer", "DebugFS", "HostFS", "Zstd", "OpenMetrics", "TraceEngine", "PagePool", "PseudoFS",
                "HTTPGateway", "Bytes",
            ]),
        tests(
            "ConformanceTests",
            of: [
                "JITFSServer", "DebugFS", "MicroHTTPD", "HTTPGateway", "PseudoFS", "TraceEngine", "PagePool", "Bytes",
                .product(name: "Yams", package: "Yams"),
            ]),
        tests("TidyTests", of: []),
    ]
)
