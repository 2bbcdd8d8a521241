import CLinuxShims
import EtherFabric
import Glibc

/// A program run to its end, in the network namespace of the calling thread.
struct Subprocess {
  let status: Int32
  let output: String
  let errors: String

  /// Runs `path`, with no input and a C locale, and collects what it prints.
  ///
  /// - Throws: The errno of `posix_spawn`; `ETIMEDOUT` where it was still running after `timeout`, and was killed.
  static func run(_ path: String, _ arguments: [String], timeout: Duration) throws(EtherFabricError) -> Subprocess {
    var output = try Pipe()
    var errors = try Pipe()
    let child = try spawn(path, arguments, output: output.write, errors: errors.write)
    output.closeWrite()
    errors.closeWrite()
    let deadline = Deadline(after: timeout)
    while !(output.isAtEnd && errors.isAtEnd) && !deadline.isPast {
      var entries = [
        pollfd(fd: output.isAtEnd ? -1 : output.read, events: Int16(POLLIN), revents: 0),
        pollfd(fd: errors.isAtEnd ? -1 : errors.read, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&entries, 2, deadline.pollMilliseconds) > 0 else { continue }
      if entries[0].revents != 0 { output.drain() }
      if entries[1].revents != 0 { errors.drain() }
    }
    let late = !(output.isAtEnd && errors.isAtEnd)
    if late { kill(child, SIGKILL) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    if late {
      throw EtherFabricError(
        path, errno: ETIMEDOUT, reason: "`\(arguments.joined(separator: " "))` was still running after \(timeout)",
        remedy: "Run it by hand to see what it waits for.")
    }
    let exit = status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    return Subprocess(status: exit, output: output.text, errors: errors.text)
  }

  private static func spawn(
    _ path: String, _ arguments: [String], output: Int32, errors: Int32
  ) throws(EtherFabricError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    var environment: [UnsafeMutablePointer<CChar>?] = [
      strdup("LC_ALL=C"), strdup("PATH=/usr/sbin:/usr/bin:/sbin:/bin"), nil,
    ]
    defer { for word in argv + environment { free(word) } }
    var child: pid_t = 0
    let status = posix_spawn(&child, path, &actions, nil, &argv, &environment)
    guard status == 0 else {
      throw .call(path, -status, "it could not be started", remedy: "Check that it is there and executable.")
    }
    return child
  }
}

/// One output of a child.
private struct Pipe: ~Copyable {
  let read: Int32
  private(set) var write: Int32
  private(set) var isAtEnd = false
  private var bytes: [UInt8] = []

  init() throws(EtherFabricError) {
    var ends: [Int32] = [-1, -1]
    let result = lab_pipe(&ends)
    guard result == 0 else {
      throw .call("pipe", result, "no pipe could be made", remedy: "Raise the limit on open files (ulimit -n).")
    }
    read = ends[0]
    write = ends[1]
  }

  deinit {
    close(read)
    if write >= 0 { close(write) }
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  mutating func closeWrite() {
    close(write)
    write = -1
  }

  mutating func drain() {
    var chunk = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(read, &chunk, chunk.count)
    if count > 0 {
      bytes.append(contentsOf: chunk[..<count])
    } else if count == 0 || errno != EINTR {
      isAtEnd = true
    }
  }
}
