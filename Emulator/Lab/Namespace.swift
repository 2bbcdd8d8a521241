import CLinuxShims
import EtherFabric
import Glibc
import Synchronization

/// Network namespaces that belong to one process or thread.
///
/// Nothing is mounted and nothing gets a name: a namespace and the interfaces in it end with the last thread and
/// socket in it, also after `kill -9`.
public enum Namespace {
  /// Puts the process into a network namespace of its own; every thread that it starts later is in it too.
  ///
  /// Call it at the start of `main`, while there is one thread. With CAP_SYS_ADMIN only the network is separated;
  /// without it a user namespace is made as well, in which the process is root over its own network and nothing else.
  ///
  /// - Throws: `EINVAL` where the process already has several threads; `EPERM`, `EACCES`, `ENOSPC` or `ENOSYS` where
  ///   the system does not allow namespaces. The reason names the step that was refused. Where that was the first step,
  ///   the process is unchanged.
  public static func enterPrivate() throws(EtherFabricError) {
    let user = getuid()
    let group = getgid()
    if let threads = threadCount, threads > 1 {
      throw EtherFabricError(
        enter, errno: EINVAL, reason: "the process has \(threads) threads, and the others would stay outside",
        remedy: remedy(for: -EINVAL))
    }
    if geteuid() == 0, lab_unshare(Int32(LAB_CLONE_NEWNET)) == 0 {
      return register()
    }
    let result = lab_unshare(Int32(LAB_CLONE_NEWUSER | LAB_CLONE_NEWNET))
    guard result == 0 else {
      throw .call(
        enter, result, "unshare(CLONE_NEWUSER|CLONE_NEWNET) was refused for uid \(user)", remedy: remedy(for: result))
    }
    // Kernels without setgroups protection have no such file, and need none.
    let groups = ThreadProc.write("deny", to: "/proc/self/setgroups")
    guard groups == 0 || groups == -ENOENT else { throw mapping("setgroups", groups) }
    try write(map: "uid_map", id: user)
    try write(map: "gid_map", id: group)
    register()
  }

  /// Runs `body` on a thread of its own in a new network namespace, waits for it, and returns its result.
  ///
  /// For tests and other programs with many threads. Task-local values go along, so that a failed expectation in `body`
  /// belongs to the test that called. `body` must not depend on the calling thread (a main-actor closure, thread-local
  /// values). Threads and child processes that it starts are in the namespace too; sockets that it returns keep the
  /// namespace alive.
  ///
  /// - Throws: `EPERM` without CAP_SYS_ADMIN; what `body` throws.
  public static func run<T>(_ body: () throws -> T) throws -> T {
    var result: Result<T, any Error>?
    try withoutActuallyEscaping(body) { body in
      let thread = try RawThread(name: "lab") {
        result = Result {
          try unshareNetwork()
          return try body()
        }
      }
      thread.join()
    }
    return try result!.get()
  }

  /// Whether the calling thread is in a namespace that this library made.
  public static var isPrivate: Bool {
    guard let id = identity else { return false }
    return made.withLock { $0.contains(id) }
  }

  /// The kernel's name for the calling thread's namespace, for example `net:[4026531840]`.
  public static var identity: String? { ThreadProc.link("/proc/thread-self/ns/net") }

  private static let enter = "Namespace.enterPrivate"
  private static let made = Mutex<Set<String>>([])

  private static func register() {
    if let id = identity { made.withLock { _ = $0.insert(id) } }
  }

  private static var threadCount: Int? {
    let lines = ThreadProc.read("/proc/self/status")?.split(separator: "\n")
    return lines?.first { $0.hasPrefix("Threads:") }.flatMap { Int($0.dropFirst(9)) }
  }

  static func unshareNetwork() throws(EtherFabricError) {
    let result = lab_unshare(Int32(LAB_CLONE_NEWNET))
    guard result == 0 else {
      throw .call(
        "Namespace.run", result, "unshare(CLONE_NEWNET) was refused for uid \(geteuid())",
        remedy: result == -EPERM
          ? "Run as root, or under `unshare --user --map-root-user`: a thread of a running program cannot make a user "
            + "namespace." : remedy(for: result))
    }
    register()
  }

  private static func write(map: String, id: UInt32) throws(EtherFabricError) {
    let result = ThreadProc.write("0 \(id) 1\n", to: "/proc/self/\(map)")
    guard result == 0 else { throw mapping(map, result) }
  }

  private static func mapping(_ file: String, _ result: Int32) -> EtherFabricError {
    .call(
      enter, result, "the user namespace was made, but writing /proc/self/\(file) was refused",
      remedy: remedy(for: result))
  }

  private static func remedy(for result: Int32) -> String {
    if ThreadProc.read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")?.first == "1" {
      return "AppArmor restricts user namespaces (kernel.apparmor_restrict_unprivileged_userns = 1): run as root."
    }
    if ThreadProc.read("/proc/sys/kernel/unprivileged_userns_clone")?.first == "0" {
      return "User namespaces are off (kernel.unprivileged_userns_clone = 0): run as root."
    }
    switch result {
    case -EINVAL: return "Call it before the process starts a second thread."
    case -ENOSPC: return "Raise user.max_user_namespaces and user.max_net_namespaces, or run as root."
    case -ENOSYS: return "This kernel is built without network namespaces."
    default: return "Run as root. In a container, allow unshare (--cap-add SYS_ADMIN, or a wider seccomp profile)."
    }
  }
}
