import Glibc
import LiveCounters
import Testing

/// The text that scrapers read.
@Suite struct OpenMetricsTests {
  @Test func aPageAsText() throws {
    let page = Sample.page("emu:\"odd\\device\"")
    page.open(group: 0)[0] = 5
    page.open(group: 1, instance: 3)[0] = 7
    let live = try LivePage(descriptor: try Sample.descriptor(page), process: 77)
    let labels = #"pid="77",program="\#(live.program)",device="emu:\"odd\\device\"""#
    #expect(
      OpenMetrics.text([(live, live.read())]) == """
        # TYPE efvi_adapter info
        # HELP efvi_adapter adapters of running processes
        efvi_adapter_info{\(labels)} 1
        # TYPE efvi_port_rx_packets counter
        # UNIT efvi_port_rx_packets packets
        # HELP efvi_port_rx_packets frames that came
        efvi_port_rx_packets_total{\(labels)} 5
        # TYPE efvi_port_rx_bytes counter
        # UNIT efvi_port_rx_bytes bytes
        # HELP efvi_port_rx_bytes bytes of these
        efvi_port_rx_bytes_total{\(labels)} 0
        # TYPE efvi_port_level gauge
        # HELP efvi_port_level how full it is
        efvi_port_level{\(labels)} 0
        # TYPE efvi_interface_tx_packets counter
        # UNIT efvi_interface_tx_packets packets
        # HELP efvi_interface_tx_packets frames \\"sent\\"
        efvi_interface_tx_packets_total{\(labels),interface="3"} 7
        # EOF

        """)
  }

  @Test func samplesOfSeveralPagesStandTogether() throws {
    let pages = [Sample.page("emu:a:0"), Sample.page("emu:b:0")]
    let live = try pages.map { page in
      page.open(group: 0)
      return try LivePage(descriptor: try Sample.descriptor(page), process: 1)
    }
    let lines = OpenMetrics.text(live.map { ($0, $0.read()) }).split(separator: "\n")
    #expect(lines.filter { $0.hasPrefix("# TYPE") }.count == Set(lines.filter { $0.hasPrefix("# TYPE") }).count)
    let places = lines.indices.filter { lines[$0].hasPrefix("efvi_port_rx_bytes_total") }
    #expect(places.count == 2 && places[1] == places[0] + 1)
  }

  @Test func withoutPagesThereIsAnEnd() {
    #expect(OpenMetrics.text([]) == "# EOF\n")
  }
}
