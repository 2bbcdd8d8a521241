import Foundation
import Testing

/// Numbers and texts of the tool's JSON output by section and name.
struct JSON {
  private let root: [String: Any]

  init(_ text: String) throws {
    #expect(text.hasSuffix("\n") && text.filter { $0 == "\n" }.count == 1)
    root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// Names of the top level.
  var names: Set<String> { Set(root.keys) }

  func flag(_ name: String) -> Bool? { root[name] as? Bool }

  func names(_ section: String) -> Set<String> { Set((root[section] as? [String: Any] ?? [:]).keys) }

  func number(_ section: String, _ name: String) -> Int? {
    ((root[section] as? [String: Any])?[name] as? NSNumber)?.intValue
  }

  func text(_ section: String, _ name: String) -> String? { (root[section] as? [String: Any])?[name] as? String }
}
