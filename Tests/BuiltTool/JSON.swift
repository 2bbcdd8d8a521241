import Foundation

/// Numbers and texts of the tool's JSON output by section and name.
public struct JSON {
  private let root: [String: Any]

  /// - Throws: where it is not one object on one line.
  public init(_ text: String) throws {
    try require(text.hasSuffix("\n") && text.filter { $0 == "\n" }.count == 1, "not one line: \(text)")
    guard let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
      throw ToolFailure(description: "not an object: \(text)")
    }
    root = object
  }

  /// Names of the top level.
  public var names: Set<String> { Set(root.keys) }

  public func flag(_ name: String) -> Bool? { root[name] as? Bool }

  public func names(_ section: String) -> Set<String> { Set((root[section] as? [String: Any] ?? [:]).keys) }

  public func number(_ section: String, _ name: String) -> Int? {
    ((root[section] as? [String: Any])?[name] as? NSNumber)?.intValue
  }

  public func text(_ section: String, _ name: String) -> String? { (root[section] as? [String: Any])?[name] as? String }
}
