import Glibc
import Measurement
import Testing

@Suite struct TableTests {
  @Test func printsHeadAndRows() throws {
    let table = LatencyTable(reporting: .halfRoundTrip, comments: [("wire", "cable:0")])
    #expect(
      table.head
        == "# wire: cable:0\n# percentile=99\n# reporting: 1/2 RTT\n"
        + "#\tsize\tmean\tmin\tmedian\tmax\t%ile\tstddev\titer\n"
    )
    let summary = try #require(LatencySummary([10, 20]))
    #expect(table.row(size: 64, summary) == "\t64\t15\t10\t20\t20\t20\t7\t2\n")
    #expect(
      LatencyTable(reporting: .roundTrip, percentile: 99.9).head.hasPrefix("# percentile=99.9\n# reporting: RTT\n"))
  }

  @Test func writesRawFigures() throws {
    let prefix = "/tmp/measurement-\(getpid())"
    let raw = RawFigures(prefix: prefix)
    #expect(raw.path(size: 64) == prefix + "-64.dat")
    let figures = (0..<20_000).map { Int64($0) * 7 }
    try raw.write(figures, size: 64)
    defer { unlink(raw.path(size: 64)) }
    let file = try #require(fopen(raw.path(size: 64), "r"))
    defer { fclose(file) }
    var read: [Int64] = []
    var value = 0
    while withUnsafeMutablePointer(to: &value, { withVaList([$0]) { vfscanf(file, "%ld\n", $0) } }) == 1 {
      read.append(Int64(value))
    }
    #expect(read == figures)
  }

  @Test func saysWhichFileCannotBeWritten() {
    let error = #expect(throws: MeasurementError.self) { try RawFigures(prefix: "/nowhere/x").write([1], size: 1) }
    #expect(error?.part == "/nowhere/x-1.dat")
  }
}
