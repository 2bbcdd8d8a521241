import EmulatedAdapter
import EtherFabric
import Synchronization

/// The emulated adapters of this process. Two drivers that open the same port share its adapter, as two programs
/// share a card.
public enum Emulator {
  private final class WeakAdapter {
    weak var adapter: EmulatedAdapter?
    let device: String
    init(_ adapter: EmulatedAdapter, device: String) {
      self.adapter = adapter
      self.device = device
    }
  }

  private static let adapters = Mutex<[String: WeakAdapter]>([:])

  /// The adapter behind a driver, to turn its knobs; nil for a driver of hardware.
  public static func adapter(of driver: Driver) -> EmulatedAdapter? { driver.backend as? EmulatedAdapter }

  /// Opens the adapter that a device string names, or joins it.
  /// - Throws: `EBUSY` where the port is open with other options.
  public static func open(_ text: String) throws(EtherFabricError) -> EmulatedAdapter {
    let device = try DeviceString(text)
    // A port of a network interface is one of its namespace.
    let key = device.path + DeviceWires.scope(of: device)
    let outcome = adapters.withLock { table -> Result<EmulatedAdapter, EtherFabricError> in
      do throws(EtherFabricError) {
        if let entry = table[key], let adapter = entry.adapter {
          guard entry.device == device.description || device.options.isEmpty else {
            throw EtherFabricError(
              "Driver.open", errno: 16, reason: "'\(device.path)' is open with other options: '\(entry.device)'",
              remedy: "Open it without options to share it, or close it first.")
          }
          return .success(adapter)
        }
        let adapter = try build(device)
        table[key] = WeakAdapter(adapter, device: device.description)
        return .success(adapter)
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }

  private static func build(_ device: DeviceString) throws(EtherFabricError) -> EmulatedAdapter {
    var settings = AdapterSettings()
    settings.device = device.description
    settings.generation = device.generation
    settings.service = try device.text("service") == "thread" ? .thread : .inline
    settings.mtu = try device.integer("mtu")
    settings.macAddress = try device.mac("mac")
    settings.hasManualClock = try device.text("clock") == "manual"
    settings.clockOffset = try device.integer("clock-offset", in: Int64.min...Int64.max) ?? 0
    settings.clockDrift = try device.integer("clock-drift", in: Int64.min...Int64.max) ?? 0
    let clockState = try device.text("clock-state") ?? "set+sync"
    settings.isClockSet = clockState.hasPrefix("set")
    settings.isClockInSync = clockState.hasSuffix("sync")
    settings.completionBatch = try device.text("completion") == "each" ? 1 : 32
    settings.stampsWithClock = try device.text("timestamps") == "clock"
    settings.eventClearStride = try device.integer("evq-stride") ?? 0
    settings.minimumFill = try device.integer("min-fill") ?? 0
    settings.startsLinkDown = try device.text("link") == "down"
    settings.firmware = try device.text("firmware").flatMap(Firmware.init) ?? .full
    settings.physicalMode = try device.text("phys").flatMap(AdapterSettings.PhysicalMode.init) ?? .group
    settings.hashesUDPPorts = try device.text("rss-udp") == "ports"
    // Whoever asks for a ring of a certain length wants frames to wait there, and not to be dropped at a doorbell.
    settings.waitsForPoll = device.wire == .pcap || device.options.contains { $0.key == "slots" }
    settings.faults = try faults(device)
    return try EmulatedAdapter(wire: try DeviceWires.make(device, settings: settings), settings: settings)
  }

  private static func faults(_ device: DeviceString) throws(EtherFabricError) -> FaultPlan {
    var plan = FaultPlan()
    for option in device.options where option.key == "seed" || device.faults.contains(option) {
      let key = option.key.replacing("truncate", with: "cut")
      // The plan knows no percentages and fractions.
      let value = option.key == "seed" ? option.value : try device.rate(option.key).map { "\($0)" } ?? option.value
      // A rate says how often; how long is 10 microseconds.
      _ = try plan.set(key, to: key.hasSuffix("delay") ? value + ":10000" : value)
    }
    return plan
  }
}
