import ArgumentParser
import EtherFabric

/// `efvi forward`.
struct ForwardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forward",
    abstract: "Forwards frames between two devices, both ways and without copying.",
    discussion: """
      One pool of buffers is registered with both devices: a buffer that one received is sent by the other, and posted
      again when that is done. Frames go on as they came, checksums included; those with a bad checksum are not
      forwarded. Frames that find the other transmit ring full are dropped and counted as 'no_room'.

      Without a filter everything is taken. On emu:afpacket devices the kernel sees the frames too, unless the device
      string has steal=on.

      EXAMPLES
        efvi forward emu:afpacket:eth0,steal=on emu:afpacket:eth1,steal=on
        efvi forward emu:afpacket:eth0 emu:afpacket:eth1 --filter-a udp:239.1.1.1:5000 --seconds 60 --json

      \(FilterArgument.help)

      \(ExitStatus.help)
      """)

  @Argument(help: "One device.")
  var deviceA: String

  @Argument(help: "The other device.")
  var deviceB: String

  @Option(
    help: ArgumentHelp("What to take from the first device; more than once for more.", valueName: "filter"),
    transform: FilterArgument.parse)
  var filterA: [FilterArgument] = []

  @Option(
    help: ArgumentHelp("The same for the second.", valueName: "filter"), transform: FilterArgument.parse)
  var filterB: [FilterArgument] = []

  @Option(help: "Stop after this many forwarded frames, both ways together.")
  var count: Quantity?

  @OptionGroup var runOptions: RunOptions
  @OptionGroup var queues: QueueOptions

  func validate() throws {
    guard deviceA != deviceB else { throw ValidationError("the two devices are one: '\(deviceA)'") }
  }

  func run() throws {
    let forwarder = try Forwarder(deviceA, deviceB, queues)
    try forwarder.sides[0].add(filterA.isEmpty ? FilterArgument.everything : filterA)
    try forwarder.sides[1].add(filterB.isEmpty ? FilterArgument.everything : filterB)
    let limit = RunLimit(count: count?.count, seconds: runOptions.seconds)
    var progress = Progress(quiet: runOptions.quiet)
    var idle = Idle(spins: runOptions.spin)
    var now = limit.start
    var stop = limit.stop(after: 0, now: now)
    while stop == nil {
      idle.after(try forwarder.step())
      now = MonotonicClock.now()
      progress.update(forwarder.forwarded, now: now, "forwarded")
      stop = limit.stop(after: forwarder.forwarded, now: now)
    }
    try forwarder.drain()
    progress.clear()
    forwarder.report(elapsed: now - limit.start, stop: stop).write(json: runOptions.json)
    if let stop, limit.status(for: stop) != .success { throw limit.status(for: stop) }
  }
}
