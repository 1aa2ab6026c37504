// What goes over the wire as CGI.

import Testing

@testable import FastCGI

@Suite struct ResponseTests {
  private func head(_ response: Response) -> String? { response.head.map { String(decoding: $0, as: UTF8.self) } }

  @Test func theHeadHasStatusHeadersInOrderAndLength() {
    let response = Response(status: 303, headers: [("Location", "/a"), ("Vary", "Accept")], body: [1, 2])
    #expect(head(response) == "Status: 303 See Other\r\nLocation: /a\r\nVary: Accept\r\nContent-Length: 2\r\n\r\n")
  }

  @Test func everyStatusHasAReason() {
    for status in 100...599 {
      let line = head(Response(status: status))?.split(separator: "\r\n").first
      #expect((line?.count ?? 0) > "Status: 200 ".count, "\(status)")
    }
    #expect(Response(status: 99).head == nil)
    #expect(Response(status: 600).head == nil)
  }

  @Test(arguments: ["", "a b", "a:", "a\r\n", "ä"])
  func aHeaderNameIsAToken(name: String) {
    #expect(Response(status: 200, headers: [(name, "v")]).head == nil)
  }
}
