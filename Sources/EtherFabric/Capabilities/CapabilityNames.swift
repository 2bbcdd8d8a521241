/// Names of capabilities: the C one, the Swift one and a few words, and the way back from them.
extension Capability {
  /// The C enumerator: `EF_VI_CAP_PIO_BUFFER_SIZE`.
  public var cName: String { Self.prefix + Self.rows[rawValue].name }

  /// The Swift case: `pioBufferSize`.
  public var swiftName: String { "\(self)" }

  /// `ef_vi_capabilities_name`: a few words on what the capability is, with the unit of its value.
  public var summary: String { Self.rows[rawValue].summary }

  /// `ef_vi_capabilities_name` by C number: `summary`, or "Unknown" for a number that is none.
  public static func name(of number: Int) -> String { Self(number: number)?.summary ?? "Unknown" }

  /// The capability with this name: the C enumerator with or without `EF_VI_CAP_`, in any case, or the Swift name.
  public init?(named name: String) {
    let short = name.uppercased()
    let bare = short.hasPrefix(Self.prefix) ? String(short.dropFirst(Self.prefix.count)) : short
    guard let found = Self.allCases.first(where: { Self.rows[$0.rawValue].name == bare || $0.swiftName == name })
    else { return nil }
    self = found
  }

  private static let prefix = "EF_VI_CAP_"

  /// In the order of the numbers.
  private static let rows: [(name: String, summary: String)] = [
    ("PIO", "sending by writing the frame into the adapter"),
    ("PIO_BUFFER_SIZE", "bytes of the PIO buffer of one VI"),
    ("PIO_BUFFER_COUNT", "PIO buffers of the adapter"),
    ("HW_MULTICAST_LOOPBACK", "the adapter loops sent multicast back"),
    ("HW_MULTICAST_REPLICATION", "one multicast frame reaches many VIs"),
    ("HW_RX_TIMESTAMPING", "time stamps on received frames"),
    ("HW_TX_TIMESTAMPING", "time stamps on sent frames"),
    ("PACKED_STREAM", "packed stream receive mode"),
    ("PACKED_STREAM_BUFFER_SIZES", "packed stream buffer sizes, mask in KiB"),
    ("VPORTS", "protection domains with a virtual port"),
    ("PHYS_MODE", "DMA by physical address"),
    ("BUFFER_MODE", "DMA by translated address"),
    ("MULTICAST_FILTER_CHAINING", "several filters take the same multicast frame"),
    ("MAC_SPOOFING", "filters on addresses of other functions"),
    ("RX_FILTER_TYPE_UDP_LOCAL", "filter: UDP, local IPv4 and port"),
    ("RX_FILTER_TYPE_TCP_LOCAL", "filter: TCP, local IPv4 and port"),
    ("RX_FILTER_TYPE_UDP_FULL", "filter: UDP, both IPv4 and ports"),
    ("RX_FILTER_TYPE_TCP_FULL", "filter: TCP, both IPv4 and ports"),
    ("RX_FILTER_TYPE_IP_VLAN", "filter: the IPv4 ones and a VLAN"),
    ("RX_FILTER_TYPE_UDP6_LOCAL", "filter: UDP, local IPv6 and port"),
    ("RX_FILTER_TYPE_TCP6_LOCAL", "filter: TCP, local IPv6 and port"),
    ("RX_FILTER_TYPE_UDP6_FULL", "filter: UDP, both IPv6 and ports"),
    ("RX_FILTER_TYPE_TCP6_FULL", "filter: TCP, both IPv6 and ports"),
    ("RX_FILTER_TYPE_IP6_VLAN", "filter: the IPv6 ones and a VLAN"),
    ("RX_FILTER_TYPE_ETH_LOCAL", "filter: destination MAC"),
    ("RX_FILTER_TYPE_ETH_LOCAL_VLAN", "filter: destination MAC and VLAN"),
    ("RX_FILTER_TYPE_UCAST_ALL", "filter: all unicast"),
    ("RX_FILTER_TYPE_MCAST_ALL", "filter: all multicast"),
    ("RX_FILTER_TYPE_UCAST_MISMATCH", "filter: unicast that nobody takes"),
    ("RX_FILTER_TYPE_MCAST_MISMATCH", "filter: multicast that nobody takes"),
    ("RX_FILTER_TYPE_SNIFF", "copy of all that the port receives"),
    ("TX_FILTER_TYPE_SNIFF", "copy of all that the port sends"),
    ("RX_FILTER_IP4_PROTO", "filter: IPv4 protocol"),
    ("RX_FILTER_ETHERTYPE", "filter: EtherType"),
    ("RXQ_SIZES", "receive ring sizes, mask in entries"),
    ("TXQ_SIZES", "transmit ring sizes, mask in entries"),
    ("EVQ_SIZES", "event queue sizes, mask in entries"),
    ("ZERO_RX_PREFIX", "frames can arrive with no prefix"),
    ("TX_PUSH_ALWAYS", "every doorbell pushes its descriptor"),
    ("NIC_PACE", "rate pacing in the adapter"),
    ("RX_MERGE", "one event for several received frames"),
    ("TX_ALTERNATIVES", "frames held back in the adapter"),
    ("TX_ALTERNATIVES_VFIFOS", "alternatives of the adapter"),
    ("TX_ALTERNATIVES_CP_BUFFERS", "buffers in the pool of the alternatives"),
    ("RX_FW_VARIANT", "number of the receive firmware"),
    ("TX_FW_VARIANT", "number of the transmit firmware"),
    ("CTPIO", "cut-through sending"),
    ("TX_ALTERNATIVES_CP_BUFFER_SIZE", "bytes of a buffer of that pool"),
    ("RX_FORCE_EVENT_MERGING", "the adapter merges receive events in any case"),
    ("MIN_BUFFER_MODE_SIZE", "bytes of the smallest translated page"),
    ("CTPIO_ONLY", "the adapter sends by CTPIO alone"),
    ("RX_SHARED", "frames of other VIs may be seen"),
    ("RX_FILTER_SET_DEST", "a filter can name its receive queue"),
    ("RX_FILTER_MAC_IP4_PROTO", "filter: MAC and IPv4 protocol"),
    ("RX_POLL", "receive events can be polled alone"),
    ("RX_REF", "frames arrive by reference"),
    ("EXTRA_DATAPATHS", "mask of further datapaths, bit 0 is express"),
    ("RX_FILTER_ID", "a received frame names its filter"),
  ]
}
