import EtherFabric
import Glibc

/// Which adapter a program gets: `EFVI_DEVICE` names the wire and the options, the program the interface.
///
/// `emu:afpacket?nic=x3` is the device `emu:afpacket:NAME,nic=x3` for the interface NAME. A device that names its own
/// interface, as `emu:cable:0`, is the same for every interface of the program's.
struct DeviceChoice {
  private let path: String
  private let options: String

  static let variable = "EFVI_DEVICE"
  static let standard = "emu:afpacket"

  init(_ text: String) {
    let mark = text.firstIndex(of: "?") ?? text.firstIndex(of: ",")
    path = String(text[..<(mark ?? text.endIndex)])
    options = mark.map { String(text[text.index(after: $0)...].replacing("&", with: ",")) } ?? ""
  }

  static var current: DeviceChoice { DeviceChoice(getenv(variable).map { String(cString: $0) } ?? standard) }

  /// The device leaves the interface to the program.
  var isOpen: Bool { path.split(separator: ":", omittingEmptySubsequences: true).count < 3 }

  /// The wire is that of network interfaces.
  var isPacket: Bool { path.hasPrefix("emu:afpacket") }

  func device(interface: String) -> String {
    let full = isOpen ? path + (path.hasSuffix(":") ? "" : ":") + interface : path
    return options.isEmpty ? full : full + "," + options
  }
}

extension DriverHandle {
  /// The adapter of a named interface.
  /// - Throws: `ENODEV` for a name that none can have.
  func adapter(named name: String) throws(EtherFabricError) -> Driver {
    let choice = DeviceChoice.current
    do throws(EtherFabricError) {
      return try adapter(choice.device(interface: name))
    } catch {
      guard choice.isOpen, error.errno == EINVAL else { throw error }
      throw EtherFabricError("ef_pd_alloc", errno: ENODEV, reason: error.reason, remedy: error.remedy)
    }
  }

  /// The adapter of an interface by its index. On wires without network interfaces the index is the name of the port.
  /// - Throws: `ENODEV` where there is none.
  func adapter(index: Int32) throws(EtherFabricError) -> (Driver, name: String) {
    let choice = DeviceChoice.current
    guard choice.isOpen, choice.isPacket else {
      let driver = try adapter(named: "\(index)")
      return (driver, choice.isOpen ? "\(index)" : driver.identity.interface)
    }
    var buffer = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
    guard index > 0, if_indextoname(UInt32(index), &buffer) != nil else {
      throw EtherFabricError(
        "ef_pd_alloc", errno: ENODEV, reason: "there is no interface \(index)", remedy: "See `ip link`.")
    }
    let name = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return (try adapter(named: name), name)
  }
}
