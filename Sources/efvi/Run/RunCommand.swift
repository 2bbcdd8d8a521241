import ArgumentParser
import EtherFabric
import Glibc
import NetworkLab

/// `efvi run`: a program in C or C++ that uses ef_vi, with the emulated adapter underneath.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Runs a program that was built for libciul with the emulated adapter in its place.",
    discussion: """
      The program opens interfaces by their names, and the device says on what wire: with 'emu:afpacket' the interface is
      the kernel's, with 'emu:cable' and 'emu:switch' the name is that of a port, and a device that names its own
      interface is the same for all. Options follow a '?', separated by '&'.

      EXAMPLES
        efvi run -- ./efsink eth0
        efvi run --veth a,b --device 'emu:afpacket?nic=x3' --stats -- sh -c './receive b & ./send a'
        efvi run --device emu:cable -- ./ping_pong 0 1

      The exit status is the program's; 128 and the number of the signal that ended it; 127 where it cannot be started.
      """)

  @Option(name: .long, help: "Wire and adapter: \(DeviceVariable.name) of the program. Default: emu:afpacket.")
  var device: String?

  @Flag(name: .long, help: "In a private network namespace, which ends with the program.")
  var namespace = false

  @Option(
    name: .long, parsing: .singleValue,
    help: "A veth pair A,B in a private namespace; A gets the address 10.9.N.1/24. May be given again: N counts from 0."
  )
  var veth: [String] = []

  @Flag(name: .long, help: "At the end, what the adapters saw, on standard error.")
  var stats = false

  @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("The program and its arguments.", valueName: "program"))
  var program: [String] = []

  mutating func validate() throws {
    if program.first == "--" { program.removeFirst() }
    guard !program.isEmpty else { throw ValidationError("Name a program: efvi run -- PROGRAM ARGUMENT...") }
    _ = try pairs()
  }

  func run() throws {
    if namespace || !veth.isEmpty { try Namespace.enterPrivate() }
    for (number, pair) in try pairs().enumerated() {
      let address = HostAddress(10, 9, UInt8(number), 1)
      _ = try VethPair(kernelEnd: pair.0, adapterEnd: pair.1, address: address)
    }
    let place = try LibraryPlace()
    defer { place.remove() }
    let observer = stats ? RunObserver(mark: place.reportFile) : nil
    let child = ChildProgram(program, environment: place.environment(device: device, reports: stats))
    let status = child.run(observer: observer)
    if let observer { Output.note(place.report(observer)) }
    guard status == 0 else { throw ExitCode(status) }
  }

  private func pairs() throws -> [(String, String)] {
    guard veth.count <= 256 else { throw ValidationError("--veth: 256 pairs at most") }
    return try veth.map { text in
      let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard names.count == 2, !names.contains("") else {
        throw ValidationError("--veth '\(text)': give the names of both ends, as in 'a,b'")
      }
      return (names[0], names[1])
    }
  }
}

/// The variable by which the library learns of its device.
enum DeviceVariable {
  static let name = "EFVI_DEVICE"
}
