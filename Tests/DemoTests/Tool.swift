import Foundation
import Glibc

/// The built `efvi`, as a child of the test.
final class Tool {
  struct Ended {
    let status: Int32
    let output: String
    let errors: String
  }

  private let process = Process()
  private let watchdog = DispatchSource.makeTimerSource()
  private let output = Pipe()
  private let errors: URL
  private var text = ""

  /// Starts it in the network namespace of the calling thread.
  init(_ arguments: [String]) throws {
    errors = FileManager.default.temporaryDirectory.appendingPathComponent("efvi-errors-\(UUID().uuidString)")
    _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
    process.executableURL = Self.path
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = FileHandle.nullDevice
    try Self.withSignalsOpen { try process.run() }
    // A child that does not end must not hold up the tests.
    let id = process.processIdentifier
    watchdog.schedule(deadline: .now() + 90)
    watchdog.setEventHandler { kill(id, SIGKILL) }
    watchdog.resume()
  }

  /// Threads of the concurrency pool block all signals, and a child inherits that.
  private static func withSignalsOpen(_ body: () throws -> Void) rethrows {
    var (none, before) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try body()
  }

  deinit {
    watchdog.cancel()
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    try? FileManager.default.removeItem(at: errors)
  }

  /// Runs it to its end.
  static func run(_ arguments: String...) throws -> Ended { try Tool(arguments).end() }

  /// Reads until the output has `part`; false where it ends before.
  func wait(for part: String) -> Bool {
    while !text.contains(part) {
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { return false }
      text += String(decoding: data, as: UTF8.self)
    }
    return true
  }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits for the end. The status of a child that a signal ended is the signal's number, negative.
  func end() throws -> Ended {
    text += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    watchdog.cancel()
    let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    return Ended(status: status, output: text, errors: try String(contentsOf: errors, encoding: .utf8))
  }

  /// Beside the running test, or beside its bundle.
  private static let path: URL = {
    let running = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let bundles = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }.map { URL(fileURLWithPath: $0) }
    let places = ([running] + bundles).map { $0.deletingLastPathComponent().appendingPathComponent("efvi") }
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return places.first { FileManager.default.isExecutableFile(atPath: $0.path) }
      ?? package.appendingPathComponent(".build/debug/efvi")
  }()
}

/// A directory that goes with its last user.
final class TemporaryDirectory {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("efvi-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  func lines(_ name: String) throws -> [Substring] {
    try String(contentsOfFile: path(name), encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
  }
}
