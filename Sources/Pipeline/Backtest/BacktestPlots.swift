// The plots of the backtest's page, as SVG that needs neither script nor font nor file. Colours come from the page's style, so that they
// follow the reader's light or dark setting; every mark has a title, so that its number can be read.

import Domain

/// Draws.
enum BacktestPlots {
  private static let width = 640
  private static let height = 180
  private static let left = 40
  private static let bottom = 28

  /// Bars of several colours, one upon another, beside each other.
  struct Bar {
    var label: String
    /// Class of the style, and how many.
    var parts: [(style: String, count: Int)]
    /// What a reader is told.
    var title: String
    var total: Int { parts.reduce(0) { $0 + $1.count } }
  }

  /// Vertical bars; every label is shown where there is room.
  static func bars(_ bars: [Bar], title: String) -> String {
    let most = max(1, bars.map(\.total).max() ?? 1)
    let room = Double(width - left) / Double(max(1, bars.count))
    var marks = axis(most)
    let every = max(1, bars.count * 56 / (width - left))
    for (index, bar) in bars.enumerated() {
      let x = Double(left) + Double(index) * room
      var y = Double(height - bottom)
      var parts = ""
      for part in bar.parts where part.count > 0 {
        let tall = Double(part.count) / Double(most) * Double(height - bottom - 12)
        y -= tall
        parts +=
          "<rect class=\"\(part.style)\" x=\"\(number(x + 1))\" y=\"\(number(y))\" width=\"\(number(max(1, room - 2)))\" height=\"\(number(tall))\"/>"
      }
      if !parts.isEmpty { marks += "<g><title>\(HTML.escaped(bar.title))</title>\(parts)</g>" }
      if index % every == 0 {
        marks += "<text x=\"\(number(x + room / 2))\" y=\"\(height - 10)\" text-anchor=\"middle\">\(HTML.escaped(bar.label))</text>"
      }
    }
    return svg(marks, title)
  }

  /// Horizontal bars, for labels that are long.
  static func rows(_ bars: [Bar], title: String) -> String {
    let most = max(1, bars.map(\.total).max() ?? 1)
    let (start, tall) = (190, 20)
    var marks = ""
    for (index, bar) in bars.enumerated() {
      var x = Double(start)
      let y = index * tall
      marks += "<text x=\"\(start - 6)\" y=\"\(y + 14)\" text-anchor=\"end\">\(HTML.escaped(bar.label))</text>"
      marks += "<g><title>\(HTML.escaped(bar.title))</title>"
      for part in bar.parts where part.count > 0 {
        let long = Double(part.count) / Double(most) * Double(width - start - 40)
        marks += "<rect class=\"\(part.style)\" x=\"\(number(x))\" y=\"\(y + 3)\" width=\"\(number(long))\" height=\"\(tall - 6)\"/>"
        x += long
      }
      marks += "</g><text x=\"\(number(x + 6))\" y=\"\(y + 14)\">\(bar.total)</text>"
    }
    return svg(marks, title, height: max(1, bars.count) * tall)
  }

  /// Points of confidence against the share that was made; the line is where both are equal.
  static func calibration(_ points: [(confidence: Double, share: Double, count: Int)], title: String) -> String {
    func x(_ value: Double) -> Double { Double(left) + (value - 0.5) * 2 * Double(width - left - 12) }
    func y(_ value: Double) -> Double { Double(height - bottom) - value * Double(height - bottom - 12) }
    var marks = ""
    for step in [0, 0.5, 1.0] {
      marks += "<text x=\"\(left - 6)\" y=\"\(number(y(step) + 4))\" text-anchor=\"end\">\(Count.share(step))</text>"
    }
    for step in [0.5, 0.6, 0.7, 0.8, 0.9, 1.0] {
      marks += "<text x=\"\(number(x(step)))\" y=\"\(height - 10)\" text-anchor=\"middle\">\(Count.confidence(step))</text>"
    }
    marks += "<line class=\"axis\" x1=\"\(number(x(0.5)))\" y1=\"\(number(y(0.5)))\" x2=\"\(number(x(1)))\" y2=\"\(number(y(1)))\"/>"
    for point in points {
      let text = "confidence \(Count.confidence(point.confidence)): \(Count.share(point.share)) of \(point.count) settled by an edit"
      let size = 4 + min(8, Double(point.count).squareRoot())
      marks +=
        "<circle class=\"made\" cx=\"\(number(x(max(0.5, point.confidence))))\" cy=\"\(number(y(point.share)))\" r=\"\(number(size))\">"
        + "<title>\(HTML.escaped(text))</title></circle>"
    }
    return svg(marks, title)
  }

  private static func axis(_ most: Int) -> String {
    let (top, base) = (12, height - bottom)
    return "<line class=\"axis\" x1=\"\(left)\" y1=\"\(base)\" x2=\"\(width)\" y2=\"\(base)\"/>"
      + "<text x=\"\(left - 6)\" y=\"\(base)\" text-anchor=\"end\">0</text>"
      + "<text x=\"\(left - 6)\" y=\"\(top + 4)\" text-anchor=\"end\">\(most)</text>"
  }

  private static func svg(_ marks: String, _ title: String, height: Int = height) -> String {
    "<svg viewBox=\"0 0 \(width) \(height)\" role=\"img\" aria-label=\"\(HTML.escaped(title))\">\(marks)</svg>"
  }

  /// With one digit.
  private static func number(_ value: Double) -> String { Count.days(value) }
}

/// Text in a page.
enum HTML {
  /// Nothing in it is markup, and nothing in it turns the page's direction of writing.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      default:
        let category = scalar.properties.generalCategory
        result.unicodeScalars.append(category == .control || category == .format ? "\u{FFFD}" : scalar)
      }
    }
    return result
  }
}
