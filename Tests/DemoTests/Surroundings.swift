import Foundation
import NetworkLab

/// The interfaces of this thread's network namespace, and the network namespaces of all processes.
struct Surroundings {
  let interfaces: [String]
  let namespaces: Set<String>

  init() {
    interfaces = InterfaceState.names
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    namespaces = Set(
      processes.compactMap { process in
        guard Int(process) != nil else { return nil }
        return try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/ns/net")
      })
  }
}
