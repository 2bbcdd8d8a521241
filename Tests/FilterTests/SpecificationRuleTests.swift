import EtherFabric
import Glibc
import Testing

@Suite struct SpecificationRuleTests {
  @Test(arguments: Setter.allCases)
  func aloneIsAccepted(_ setter: Setter) throws {
    var filter = FilterSpecification()
    try setter.apply(&filter)
    #expect(filter.kind != [])
  }

  @Test(arguments: Setter.allCases)
  func pairsAreThoseOfTheGenuineLibrary(_ first: Setter) throws {
    for second in Setter.allCases {
      var filter = FilterSpecification()
      try first.apply(&filter)
      let before = filter
      var refusal: EtherFabricError?
      do { try second.apply(&filter) } catch { refusal = error }
      let isAccepted = Setter.acceptedSecond[first]!.contains(second)
      #expect((refusal == nil) == isAccepted, "\(first) then \(second)")
      if let refusal {
        #expect(refusal.errno == EPROTONOSUPPORT, "\(first) then \(second)")
        #expect(filter == before, "\(first) then \(second) left a trace")
      }
    }
  }

  /// Walks every sequence of setters, of any length.
  @Test func reachableKindsAreThoseOfTheGenuineLibrary() {
    var reached: [FilterKind: FilterSpecification] = [[]: FilterSpecification()]
    var open = [FilterSpecification()]
    while let filter = open.popLast() {
      for setter in Setter.allCases {
        var next = filter
        do { try setter.apply(&next) } catch { continue }
        if reached.updateValue(next, forKey: next.kind) == nil { open.append(next) }
      }
    }
    let expected: Set<UInt32> = [
      0x0, 0x1, 0x2, 0x4, 0x8, 0x10, 0x12, 0x14, 0x18, 0x20, 0x30, 0x40, 0x50, 0x80, 0x100, 0x200, 0x400, 0x800,
      0x1000, 0x1001, 0x1010, 0x2000, 0x2001, 0x2010, 0x4000, 0x4010, 0x8000, 0x8001, 0x8002, 0x8004, 0x8008, 0x8010,
      0x8012, 0x8014, 0x8018, 0x8020, 0x8030, 0x8040, 0x8050, 0x9000, 0x9001, 0x9010, 0xa000, 0xa001, 0xa010, 0xc000,
      0xc010,
    ]
    #expect(Set(reached.keys.map(\.rawValue)) == expected)
  }

  @Test func destinationMayComeFirstOrBetweenOnlyWhereTheGenuineLibraryTakesIt() {
    func accepts(_ setters: [Setter]) -> Bool {
      var filter = FilterSpecification()
      do { for setter in setters { try setter.apply(&filter) } } catch { return false }
      return true
    }
    for ip in Setter.ip {
      for pair in [[ip, .vlan], [.vlan, ip]] {
        for place in 0...2 {
          var setters = pair
          setters.insert(.dest, at: place)
          #expect(accepts(setters), "\(setters)")
        }
      }
    }
    for place in 0...2 {
      for mismatch in [Setter.unicastMismatch, .multicastMismatch] {
        var setters = [Setter.vlan, mismatch]
        setters.insert(.dest, at: place)
        #expect(accepts(setters), "\(setters)")
      }
      var all = [Setter.vlan, .multicastAll]
      all.insert(.dest, at: place)
      #expect(accepts(all))
      var unicast = [Setter.vlan, .unicastAll]
      unicast.insert(.dest, at: place)
      #expect(accepts(unicast) == (place == 2))
      for part in [Setter.ipProto, .ethType] {
        for (pair, places) in [
          ([.vlan, part], 2...2), ([.ethLocal, part], 2...2), ([part, .vlan], 1...2), ([part, .ethLocal], 1...2),
        ] as [([Setter], ClosedRange<Int>)] {
          var setters = pair
          setters.insert(.dest, at: place)
          #expect(accepts(setters) == places.contains(place), "\(setters)")
        }
      }
    }
  }
}
