import ArgumentParser
import EmulatedAdapter
import EtherFabric
import Glibc
import LiveCounters

/// `efvi stats`.
struct StatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Shows the counters of running processes, while they run.",
    discussion: """
      Every process of this user that has an emulated adapter open shows its counters, and loses no time by it. A target \
      is the number of a process, or a device string or its beginning. With --interval a report comes every so many \
      seconds, and says what came in each second since the last. Counters that are 0 are left out, unless --all is given.

      EXAMPLES
        efvi stats --list
        efvi stats emu:afpacket:eth0 --interval 1
        efvi stats 4711 --interval 0.5 --count 10 --json
        efvi stats --openmetrics
        efvi stats --fields

      \(ExitStatus.help)
      """)

  @Argument(help: ArgumentHelp("Which adapters: those of a process, or of a device.", valueName: "pid-or-device"))
  var target: String?

  @Option(help: ArgumentHelp("Report again and again, with rates.", valueName: "seconds"))
  var interval: Double?

  @Option(help: "Stop after this many reports; every second without --interval.")
  var count: Int?

  @Flag(help: "List what can be looked at.")
  var list = false

  @Flag(help: "Tell what every field counts.")
  var fields = false

  @Flag(help: "Print one line of JSON for each adapter and report.")
  var json = false

  @Flag(name: .customLong("openmetrics"), help: "Print OpenMetrics text, of all adapters where no target is given.")
  var openMetrics = false

  @Flag(help: "Print counters that are 0 too.")
  var all = false

  func validate() throws {
    if let interval, !(interval > 0 && interval <= 1e6) {
      throw ValidationError("--interval \(interval): give more than 0 and at most 1000000.")
    }
    if let count, count < 1 { throw ValidationError("--count \(count): give 1 or more.") }
    guard [list, fields, openMetrics].filter({ $0 }).count <= 1 else {
      throw ValidationError("--list, --fields and --openmetrics do not go together.")
    }
    if list || fields || openMetrics {
      guard interval == nil, count == nil else { throw ValidationError("--interval and --count are for reports.") }
    } else if target == nil {
      throw ValidationError("Give a process or a device, or --list.")
    }
    if openMetrics, json { throw ValidationError("--openmetrics and --json do not go together.") }
  }

  func run() throws {
    if fields {
      let groups = target == nil ? EmulatedAdapter.counterGroups : try StatsTarget.pages(target)[0].groups
      return Output.write(json ? StatsText.fieldsJSON(groups) : StatsText.fields(groups))
    }
    if list {
      let pages = target == nil ? RunningPages.all() : try StatsTarget.pages(target)
      return Output.write(json ? StatsText.listJSON(pages) : StatsText.list(pages))
    }
    if openMetrics {
      let pages = target == nil ? RunningPages.all() : try StatsTarget.pages(target)
      return Output.write(OpenMetrics.text(pages.map { ($0, $0.read()) }))
    }
    try report(try StatsTarget.pages(target))
  }

  private func report(_ pages: [LivePage]) throws {
    var watched = pages.map { (page: $0, last: $0.read()) }
    guard interval != nil || count != nil else {
      for (page, reading) in watched { write(page, reading, since: nil) }
      return
    }
    let step = UInt64((interval ?? 1) * 1e9)
    var next = MonotonicClock.now()
    var reports = 0
    while reports < count ?? .max {
      next += step
      while MonotonicClock.now() < next {
        if let signal = Interruption.signal {
          if count != nil { throw ExitStatus.interrupted(by: signal) }
          return
        }
        usleep(UInt32(min(20_000, max(1, (next &- min(next, MonotonicClock.now())) / 1000))))
      }
      reports += 1
      for index in watched.indices {
        let reading = watched[index].page.read()
        write(watched[index].page, reading, since: watched[index].last)
        watched[index].last = reading
      }
      // The last values of those that have ended are out.
      for (page, _) in watched where !page.isAlive {
        Output.note("process \(page.process) has closed \(page.device)\n")
      }
      watched.removeAll { !$0.page.isAlive }
      if watched.isEmpty { return }
    }
  }

  private func write(_ page: LivePage, _ reading: CounterReading, since last: CounterReading?) {
    let report = StatsReport(page: page, reading: reading, last: last, showsAll: all)
    Output.write(json ? report.json : report.text)
  }
}
