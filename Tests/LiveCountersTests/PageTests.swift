import CLinuxShims
import Glibc
import LiveCounters
import Testing

/// A page that is written here and read here, as by another process.
@Suite struct PageTests {
  @Test func aPageTellsWhatItIs() throws {
    let page = Sample.page("emu:cable:0,nic=x2")
    let live = try LivePage(descriptor: try Sample.descriptor(page), process: getpid())
    #expect(live.groups == Sample.groups)
    #expect(live.device == "emu:cable:0,nic=x2" && live.process == getpid() && !live.program.isEmpty)
    #expect(live.isOpen && live.isAlive)
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    #expect(live.opened / 1_000_000_000 <= UInt64(now.tv_sec) && live.opened / 1_000_000_000 + 10 > UInt64(now.tv_sec))
    // Nothing has been shown yet.
    #expect(live.read().groups == [[], []])
  }

  @Test func readingsFollowTheWriter() throws {
    let page = Sample.page()
    let live = try LivePage(descriptor: try Sample.descriptor(page), process: getpid())
    let port = page.open(group: 0)
    port[0] = 5
    port[2] = .max
    let second = page.open(group: 1, instance: 2, tag: 77)
    second[0] = 9
    let first = live.read()
    #expect(first.groups[0].map(\.values) == [[5, 0, .max]])
    #expect(first.groups[1].map(\.values) == [[9]])
    #expect(first.groups[1].map(\.index) == [2] && first.groups[1].map(\.tag) == [77])
    port[0] += 10
    second[0] += 1
    let later = live.read()
    #expect(later.groups[0][0].values[0] == 15 && later.time > first.time)
    let rate = try #require(later.rate(later.groups[0][0], field: 0, group: 0, since: first))
    #expect(abs(rate - 10e9 / Double(later.time - first.time)) < 1e-6 * rate)
    // Given back, and given to another: nothing to compare with.
    page.close(group: 1, instance: 2)
    #expect(live.read().groups[1].isEmpty)
    page.open(group: 1, instance: 2)
    let again = live.read()
    #expect(again.groups[1].map(\.values) == [[0]])
    #expect(again.rate(again.groups[1][0], field: 0, group: 1, since: later) == nil)
  }

  @Test func theLastValuesStayWithWhoHasThePage() throws {
    var page: CounterPage? = Sample.page()
    let live = try LivePage(descriptor: try Sample.descriptor(try #require(page)), process: getpid())
    page?.open(group: 0)[0] = 42
    page = nil
    #expect(!live.isOpen && !live.isAlive)
    #expect(live.read().groups[0][0].values[0] == 42)
  }

  @Test func othersCannotWriteOrCut() throws {
    let page = Sample.page()
    let descriptor = try Sample.descriptor(page)
    #expect(ftruncate(descriptor, 0) == -1 && ftruncate(descriptor, 1 << 20) == -1)
    let writable = open("/proc/self/fd/\(descriptor)", O_RDWR)
    defer { close(writable) }
    #expect(pwrite(writable, [1], 1, 0) == -1)
    let mapping = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, writable, 0)
    #expect(mapping == MAP_FAILED)
    page.open(group: 0)[0] = 1
  }

  @Test func theProcessesOwnPagesAreFound() throws {
    let pages = [Sample.page("emu:found:0"), Sample.page("emu:found:1")]
    let found = try RunningPages.pages(of: getpid()).filter { $0.device.hasPrefix("emu:found:") }
    #expect(found.map(\.device) == ["emu:found:0", "emu:found:1"])
    #expect(RunningPages.all().filter { $0.device.hasPrefix("emu:found:") }.map(\.process) == [getpid(), getpid()])
    withExtendedLifetime(pages) {}
  }

  @Test func aClosedPageLeavesNothing() throws {
    for _ in 0..<3 { _ = Sample.page("emu:gone:0") }
    #expect(try RunningPages.pages(of: getpid()).allSatisfy { $0.device != "emu:gone:0" })
  }

  @Test func aHiddenPageCountsAllTheSame() throws {
    let page = CounterPage(device: "emu:hidden:0", groups: Sample.groups, isShared: false)
    #expect(page.location == .hidden(reason: "switched off"))
    page.open(group: 0)[1] = 7
    #expect(page.values(group: 0)[1] == 7)
    #expect(try RunningPages.pages(of: getpid()).allSatisfy { $0.device != "emu:hidden:0" })
  }

  /// Where no descriptor is left the counters are private, and nothing fails.
  @Test func withoutADescriptorThePageIsHidden() throws {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    var none = rlimit(rlim_cur: 0, rlim_max: limit.rlim_max)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &none)
    let page = Sample.page()
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    guard case .hidden(let reason) = page.location else {
      Issue.record("\(page.location)")
      return
    }
    #expect(reason.contains("memfd_create failed"))
    page.open(group: 0)[0] = 3
    #expect(page.values(group: 0)[0] == 3)
  }

  @Test func longTextsAreCutAtWholeCharacters() throws {
    let device = "emu:" + String(repeating: "é", count: 400)
    let page = Sample.page(device)
    let live = try LivePage(descriptor: try Sample.descriptor(page), process: getpid())
    #expect(device.hasPrefix(live.device) && live.device.utf8.count >= 360)
  }

  @Test func processesThatAreNotThere() {
    for process in [Int32.max, 0, -1] {
      let refusal = #expect(throws: PageRefusal.self) { try RunningPages.pages(of: process) }
      #expect(refusal?.errno == ESRCH)
    }
  }
}
