import CEtherFabric
import CLibciul
import EtherFabric
import Glibc

/// libciul as it was found at run time.
public struct LoadedLibrary: Sendable {
  /// The file.
  public let path: String
  /// `ef_vi_version_str`.
  public let version: String
  /// `ef_vi_driver_interface_str`: the library and a driver work together if theirs are equal.
  public let driverInterface: String

  /// Names the file; without it the loader's search finds `standardName`.
  public static let variable = "EFVI_LIBCIUL"
  /// Set to `any`, takes a library of a version that this was not written for.
  public static let versionVariable = "EFVI_LIBCIUL_VERSION"
  public static let standardName = "libciul.so.1"
  /// The versions of Onload whose `struct ef_vi` the headers lay out, by their first number.
  public static let knownMajor = 9

  /// The library that would be asked for.
  public static var wantedName: String {
    getenv(variable).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? standardName
  }

  /// Finds libciul. Once for the process: what was found stays.
  /// - Throws: `ELIBACC` where there is none, where it lacks a function, and where it is of another version.
  public static func load() throws(EtherFabricError) -> LoadedLibrary {
    let name = wantedName
    let room = 512
    let outcome = withUnsafeTemporaryAllocation(of: CChar.self, capacity: room) { reason -> (Int32, String) in
      reason.initialize(repeating: 0)
      let result = ciul_load(name, reason.baseAddress, room)
      return (result, String(cString: reason.baseAddress!))
    }
    guard outcome.0 == 0 else {
      throw EtherFabricError(
        "Driver.open", errno: ELIBACC, reason: "\(name) cannot be used: \(outcome.1)",
        remedy: outcome.0 == -ENOENT
          ? "Install Onload, or name the file with \(variable)=/path/to/\(standardName)."
          : "Name the libciul of Onload 9 with \(variable)=/path/to/\(standardName).")
    }
    let library = LoadedLibrary(
      path: ciul_loaded_from().map { String(cString: $0) } ?? name, version: text(ciul_ef_vi_version_str()),
      driverInterface: text(ciul_ef_vi_driver_interface_str()))
    guard library.isKnown || getenv(versionVariable).map({ String(cString: $0) }) == "any" else {
      throw EtherFabricError(
        "Driver.open", errno: ELIBACC,
        reason: "\(library.path) is libciul \(library.version), and this program knows \(knownMajor).x",
        remedy: "Build with that version's headers and set \(versionVariable)=any, or install Onload \(knownMajor).x.")
    }
    return library
  }

  /// Of a version whose structures this program knows. A version without a number in front is no Onload's, and vouches
  /// for itself.
  public var isKnown: Bool {
    guard let major = version.split(separator: ".").first.flatMap({ Int($0) }) else { return true }
    return major == Self.knownMajor
  }

  /// The library drives emulated adapters: its figures say nothing about hardware.
  public var isEmulated: Bool { version.hasPrefix("swift-etherfabric") }

  private static func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
}
