import ArgumentParser
import EtherFabric
import EtherFabricFrames
import Glibc

/// `efvi send`.
struct SendCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send",
    abstract: "Sends UDP datagrams, each with its number in the first 8 bytes.",
    discussion: """
      The destination's MAC is that of --mac, of the group for multicast, of the other end for --and-sink, and else
      asked for by ARP over the virtual interface. Numbers begin at 0, in network order; payloads shorter than 8 bytes
      have none. The adapter fills in the checksums.

      Without --count and --seconds one datagram is sent; numbers may end in k, M or G.

      EXAMPLES
        efvi send emu:cable:0 udp:192.0.2.2:5000 --count 1M --and-sink emu:cable:1
        efvi send emu:afpacket:eth0 udp:192.0.2.2:5000 --source 192.0.2.1:4000 --count 1000 --rate 10k
        efvi send emu:afpacket:eth0 udp:vid=5,239.1.1.1:5000 --seconds 10 --size 1472 --burst 16 --fill 0x5a

      \(ExitStatus.help)
      """)

  @Argument(help: "The device to send from.")
  var device: String

  @Argument(help: "udp:ADDRESS:PORT, with vid=VLAN, in front of the address for a tag.", transform: Destination.parse)
  var destination: Destination

  @Option(help: "Datagrams to send.")
  var count: Quantity?

  @Option(help: ArgumentHelp("Datagrams a second; as many as possible without.", valueName: "per-second"))
  var rate: Quantity?

  @Option(help: ArgumentHelp("Payload bytes of each.", valueName: "bytes"))
  var size = 32

  @Option(help: "Datagrams for one doorbell, 1 to 256.")
  var burst = 32

  @Option(help: "MAC of the destination, or of the gateway.", transform: Destination.parseMAC)
  var mac: EthernetAddress?

  @Option(
    help: ArgumentHelp(
      "Sender. Needed for ARP; else 198.18.0.1:49152 or [2001:2::1]:49152, of the networks for benchmarks.",
      valueName: "address:port"),
    transform: Destination.parseEnd)
  var source: FilterDescription.Endpoint?

  @Option(help: ArgumentHelp("Payload behind the number: a byte, 0 to 255 or 0x00 to 0xff.", valueName: "byte"))
  var fill: FillByte = FillByte(value: 0)

  @Option(help: ArgumentHelp("Receives on this device in the same process, and counts.", valueName: "device"))
  var andSink: String?

  @Flag(help: "With --and-sink: check that every number arrives once, in order, undamaged.")
  var verify = false

  @OptionGroup var runOptions: RunOptions
  @OptionGroup var queues: QueueOptions

  func validate() throws {
    guard (1...256).contains(burst) else { throw ValidationError("--burst \(burst): give 1 to 256.") }
    guard size >= 0 else { throw ValidationError("--size \(size): give 0 or more.") }
    guard !verify || andSink != nil else { throw ValidationError("--verify needs --and-sink.") }
    guard !verify || size >= SequenceCheck.numberLength else {
      throw ValidationError("--verify needs payloads of \(SequenceCheck.numberLength) bytes or more.")
    }
    if let source, !destination.isSameFamily(as: source) {
      throw ValidationError("--source \(source): one end is IPv4 and the other IPv6.")
    }
  }

  func run() throws {
    let sink = try andSink.map { try SendSink($0, destination, queues, verify: verify) }
    let station = try Station(
      device, receive: needsResolution ? 512 : 0, transmit: queues.transmit, hugePages: queues.hugePages)
    let flow = try makeFlow(station, sink)
    try checkSize(flow, station)
    var sender = Sender(station: station, flow: flow, size: size, fill: fill.value, burst: burst, rate: rate?.value)
    let bound = count?.count ?? (runOptions.seconds == nil ? 1 : nil)
    let limit = RunLimit(count: bound, seconds: runOptions.seconds)
    let stop = try sender.run(limit, sink, spins: runOptions.spin, progress: Progress(quiet: runOptions.quiet))
    let report = sender.report(sink, stop: stop)
    report.write(json: runOptions.json)
    if let sink, verify, !sink.isComplete(sent: sender.sent) { throw ExitStatus.verification }
    let status = limit.status(for: stop)
    if status != .success { throw status }
  }

  /// Whether ARP has to find the destination's MAC.
  private var needsResolution: Bool { mac == nil && destination.groupMAC == nil && andSink == nil }

  private func makeFlow(_ station: Station, _ sink: SendSink?) throws -> UDPFlow {
    let own = station.identity.macAddress
    let target: EthernetAddress
    if let known = mac ?? destination.groupMAC ?? sink.map({ $0.station.identity.macAddress }) {
      target = known
    } else {
      target = try AddressResolver.resolve(destination, from: source, over: station)
    }
    return destination.flow(from: own, source: source, to: target)
  }

  private func checkSize(_ flow: UDPFlow, _ station: Station) throws {
    let most = min(flow.maximumPayload, station.driver.mtu + (flow.vlan == nil ? 14 : 18) - flow.payloadOffset)
    guard size <= most else {
      throw EtherFabricError(
        "send", errno: EMSGSIZE, reason: "a payload of \(size) bytes is too long for an MTU of \(station.driver.mtu)",
        remedy: "Give --size \(most) at most.")
    }
  }
}
