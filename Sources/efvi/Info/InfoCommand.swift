import ArgumentParser
import EtherFabric

/// `efvi info`.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Tells what a device is, what was really obtained, what it can do and its limits.",
    discussion: """
      Opens the device and allocates one virtual interface, which is given back at once.

      EXAMPLES
        efvi info emu:cable:0
        efvi info emu:afpacket:eth0,nic=8000 --json

      \(ExitStatus.help)
      """)

  @Argument(help: "The device to open.")
  var device: String

  @OptionGroup var queues: QueueOptions

  @Flag(help: "Print one line of JSON.")
  var json = false

  func run() throws {
    let driver = try Driver.open(device)
    let domain = try driver.allocateProtectionDomain()
    let interface = try domain.allocateVirtualInterface(
      InterfaceOptions(receiveCapacity: queues.receive, transmitCapacity: queues.transmit))
    InfoReport.make(driver, interface).write(json: json)
  }
}
