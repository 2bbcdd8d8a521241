/// Reads what a page says of itself out of a private copy. The page is another process's: nothing in it is believed
/// before it has been checked.
struct PageParser {
  let bytes: [UInt8]
  /// Bytes of the whole page.
  let byteCount: Int

  /// A group as it was found, with the places of its instances.
  struct Group {
    var group: CounterGroup
    var offset: Int
    var stride: Int
    /// Of each field in its instance.
    var fieldOffsets: [Int]
  }

  /// The part of a page that its parser needs, from the first bytes of it.
  static func metadataBytes(_ header: [UInt8], byteCount: Int) throws(PageRefusal) -> Int {
    let parser = PageParser(bytes: header, byteCount: byteCount)
    typealias Header = PageLayout.Header
    guard header.count >= PageLayout.headerBytes else { throw .bad("\(header.count) bytes are no page") }
    guard parser.word(Header.magic) == PageLayout.magic else { throw .bad("it does not begin as a page does") }
    let version = parser.half(Header.version)
    guard version == PageLayout.version else {
      throw PageRefusal(
        errno: 93, reason: "a page of version \(version), and this program reads version \(PageLayout.version)")
    }
    guard parser.half(Header.headerBytes) == PageLayout.headerBytes else { throw .bad("its header has another length") }
    guard parser.word(Header.pageBytes) == byteCount else {
      throw .bad("it says that it has \(parser.word(Header.pageBytes)) bytes, and has \(byteCount)")
    }
    let groups = Int(parser.half(Header.groups))
    let fields = Int(parser.half(Header.fields))
    guard (1...PageLayout.groupLimit).contains(groups) else { throw .bad("\(groups) groups") }
    guard (1...PageLayout.fieldLimit).contains(fields) else { throw .bad("\(fields) fields") }
    let needed = PageLayout.headerBytes + groups * PageLayout.groupBytes + fields * PageLayout.fieldBytes
    guard Int(parser.half(Header.metadataBytes)) == needed, needed <= byteCount else {
      throw .bad("its tables do not fit")
    }
    return needed
  }

  func groups() throws(PageRefusal) -> [Group] {
    let groupCount = Int(half(PageLayout.Header.groups))
    let fieldCount = Int(half(PageLayout.Header.fields))
    let fieldTable = PageLayout.headerBytes + groupCount * PageLayout.groupBytes
    var groups: [Group] = []
    for index in 0..<groupCount {
      let place = PageLayout.headerBytes + index * PageLayout.groupBytes
      let name = try name(PageLayout.Group.name, at: place)
      guard !groups.contains(where: { $0.group.name == name }) else { throw .bad("two groups '\(name)'") }
      let instances = Int(half(place + PageLayout.Group.instances))
      let first = Int(half(place + PageLayout.Group.firstField))
      let count = Int(half(place + PageLayout.Group.fields))
      guard (1...PageLayout.instanceLimit).contains(instances) else {
        throw .bad("group '\(name)' has room for \(instances)")
      }
      guard count >= 1, first <= fieldCount, count <= fieldCount - first else {
        throw .bad("group '\(name)' has fields that are not there")
      }
      let limit = UInt64(byteCount)
      let offset = word(place + PageLayout.Group.offset)
      let stride = word(place + PageLayout.Group.stride)
      guard offset % 8 == 0, stride % 8 == 0, stride >= UInt64(PageLayout.instanceHeader), offset >= bytes.count,
        offset <= limit, stride <= limit, UInt64(instances) * stride <= limit - offset
      else { throw .bad("group '\(name)' does not lie in the page") }
      var group = Group(
        group: CounterGroup(name, instances: instances, fields: []), offset: Int(offset), stride: Int(stride),
        fieldOffsets: [])
      for field in first..<(first + count) {
        try add(fieldTable + field * PageLayout.fieldBytes, to: &group)
      }
      groups.append(group)
    }
    return groups
  }

  private func add(_ place: Int, to group: inout Group) throws(PageRefusal) {
    let name = try name(PageLayout.Field.name, at: place)
    guard !group.group.fields.contains(where: { $0.name == name }) else { throw .bad("two fields '\(name)'") }
    let offset = Int(half(place + PageLayout.Field.offset))
    guard offset % 8 == 0, offset >= PageLayout.instanceHeader, offset + 8 <= group.stride else {
      throw .bad("field '\(name)' does not lie in its instance")
    }
    guard let kind = CounterDefinition.Kind(rawValue: half(place + PageLayout.Field.kind)) else {
      throw .bad("field '\(name)' is of no known kind")
    }
    let unit = try text(PageLayout.Field.unit, at: place)
    guard unit.utf8.allSatisfy({ (97...122).contains($0) }) else { throw .bad("field '\(name)' has no proper unit") }
    group.group.fields.append(
      CounterDefinition(name, unit: unit, help: try text(PageLayout.Field.help, at: place), kind: kind))
    group.fieldOffsets.append(offset)
  }

  /// Words of lower case letters and digits, joined by `_`, the first with a letter in front.
  private func name(_ field: (offset: Int, bytes: Int), at place: Int) throws(PageRefusal) -> String {
    let name = try text(field, at: place)
    let words = name.utf8.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
    guard let first = name.utf8.first, (97...122).contains(first),
      words.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (97...122).contains($0) || (48...57).contains($0) } })
    else { throw .bad("a name that is none") }
    return name
  }

  /// A text, which must be one: whole UTF-8, ended, on one line.
  func text(_ field: (offset: Int, bytes: Int), at place: Int = 0) throws(PageRefusal) -> String {
    let start = place + field.offset
    guard start + field.bytes <= bytes.count else { throw .bad("a text that does not lie in the page") }
    let room = bytes[start..<(start + field.bytes)]
    guard let end = room.firstIndex(of: 0), let text = String(validating: room[..<end], as: UTF8.self),
      text.unicodeScalars.allSatisfy({
        $0.properties.generalCategory != .control && $0.value != 0x2028 && $0.value != 0x2029
      })
    else { throw .bad("a text that is none") }
    return text
  }

  func word(_ offset: Int) -> UInt64 { load(offset) }
  func half(_ offset: Int) -> UInt32 { load(offset) }

  private func load<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int) -> Value {
    Value(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) })
  }
}
