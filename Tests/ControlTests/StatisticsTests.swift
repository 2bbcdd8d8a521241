import EtherFabric
import Testing

@Suite struct StatisticsTests {
  private let first = AdapterStatistics([
    NamedCounter("port_rx_packets", 10, help: "frames received"),
    NamedCounter("vi0_rx_no_desc", 0, help: "frames without a buffer"),
    NamedCounter("port_tx_bytes", 1234, help: "bytes sent"),
  ])

  @Test func looksUpByName() {
    #expect(first["port_rx_packets"] == 10)
    #expect(first["nothing"] == nil)
    #expect(first.counter("port_tx_bytes")?.help == "bytes sent")
    #expect(first.counters.map(\.name) == ["port_rx_packets", "vi0_rx_no_desc", "port_tx_bytes"])
    #expect(first.nonzero.counters.map(\.name) == ["port_rx_packets", "port_tx_bytes"])
  }

  @Test func differences() {
    var later = first
    later.add(NamedCounter("port_rx_packets", 5, help: ""))
    later.add(NamedCounter("wire_rx_dropped", 3, help: ""))
    let difference = later.difference(since: first)
    #expect(difference.counters.map(\.value) == [5, 0, 0, 3])
    // A counter that went back was reset.
    #expect(first.difference(since: later)["port_rx_packets"] == 10)
    #expect(first.difference(since: first).nonzero.counters.isEmpty)
  }

  @Test func aSumStopsAtTheTop() {
    var statistics = AdapterStatistics([NamedCounter("a", .max, help: "")])
    statistics.add(NamedCounter("a", 1, help: ""))
    #expect(statistics["a"] == .max)
    #expect(statistics.counters.count == 1)
  }

  @Test func text() {
    let expected = """
      port_rx_packets    10
      vi0_rx_no_desc      0
      port_tx_bytes    1234
      """
    #expect(first.description == expected)
    #expect(first.text(help: true).hasPrefix("port_rx_packets    10  frames received\n"))
    #expect(AdapterStatistics().description == "")
  }

  @Test func json() {
    #expect(first.json == #"{"port_rx_packets":10,"vi0_rx_no_desc":0,"port_tx_bytes":1234}"#)
    #expect(AdapterStatistics().json == "{}")
    let odd = AdapterStatistics([NamedCounter("a\"b\\c\n\u{1}é", .max, help: "")])
    #expect(odd.json == #"{"a\"b\\c\n\u0001é":18446744073709551615}"#)
  }

  @Test func names() {
    for name in ["port_rx_packets", "vi0_rx_no_desc", "a", "rx_64_to_127"] {
      #expect(NamedCounter.isWellFormed(name), "\(name)")
    }
    for name in ["", "_a", "a_", "a__b", "Rx", "0a", "a-b", "a b", "é"] {
      #expect(!NamedCounter.isWellFormed(name), "\(name)")
    }
  }
}
