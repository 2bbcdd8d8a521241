import ArgumentParser
import EmulatedWires
import EtherFabric

/// `efvi capture`.
struct CaptureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capture",
    abstract: "Writes frames with their receive timestamps into a pcap file of nanosecond resolution.",
    discussion: """
      The timestamps are the virtual interface's own. Frames that it did not stamp get the system's time and are
      counted as 'unstamped'. Without a filter everything is taken.

      \(FilterArgument.help)

      EXAMPLES
        efvi capture emu:afpacket:eth0 --write frames.pcap --count 1000
        efvi capture emu:afpacket:eth0 udp:239.1.1.1:5000 --write - --snaplen 64 | tcpdump -r - -n

      \(ExitStatus.help)
      """)

  @Argument(help: "The device to receive on.")
  var device: String

  @Argument(help: "What to receive.", transform: FilterArgument.parse)
  var filters: [FilterArgument] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file; - is standard output, and the totals go to standard error.", valueName: "file"))
  var write: String

  @Option(help: "Stop after this many frames.")
  var count: Quantity?

  @Option(help: ArgumentHelp("Most bytes to keep of a frame, 1 to 262144.", valueName: "bytes"))
  var snaplen = 262_144

  @OptionGroup var runOptions: RunOptions
  @OptionGroup var queues: QueueOptions

  func run() throws {
    let station = try Station(
      device, receive: queues.receive, transmit: 0, hugePages: queues.hugePages, flags: .receiveTimestamps)
    let writer = try CaptureWriter(path: write, snapLength: snaplen)
    try station.add(filters.isEmpty ? FilterArgument.everything : filters)
    var frames = CapturedFrames(writer: writer, limit: count?.count)
    let limit = RunLimit(count: count?.count, seconds: runOptions.seconds)
    var progress = Progress(quiet: runOptions.quiet)
    var idle = Idle(spins: runOptions.spin)
    var now = limit.start
    var stop = limit.stop(after: 0, now: now)
    while stop == nil, !frames.hasFailed {
      let taken = try station.poll { arrival in frames.take(arrival) }
      idle.after(taken)
      // A reader at the end of a pipe sees frames when there is time for it.
      if taken == 0 { try frames.flush() }
      now = MonotonicClock.now()
      progress.update(frames.written, now: now, "captured")
      stop = limit.stop(after: frames.written, now: now)
    }
    progress.clear()
    try writer.close()
    let report = frames.report(station, elapsed: now - limit.start, stop: stop)
    let totals = runOptions.json ? report.json : report.text
    if write == "-" { Output.note(totals) } else { Output.write(totals) }
    if let stop, limit.status(for: stop) != .success { throw limit.status(for: stop) }
  }
}
