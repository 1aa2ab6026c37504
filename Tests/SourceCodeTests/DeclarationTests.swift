// Declarations of each language: a text and what it declares, as `kind owner.name(parameters)` lines. Every text also holds
// what looks like a declaration and is none: in comments, strings, here-documents, template text.

import Domain
import Testing

@testable import SourceCode

/// `kind qualified.name(parameters)`, one a declaration.
func outline(_ text: String, _ language: SourceLanguage) throws -> [String] {
  try FileScanner.scan(Array(text.utf8), language).get().declarations.map { declaration in
    let parameters = declaration.parameters.map { "(" + $0.map(\.name).joined(separator: ", ") + ")" } ?? ""
    return "\(declaration.kind.rawValue) \(declaration.qualifiedName)\(parameters)"
  }
}

struct OutlineCase: CustomTestStringConvertible, Sendable {
  var language: SourceLanguage
  var text: String
  var expected: String
  var testDescription: String { language.rawValue }
}

@Test("declarations by language", arguments: outlineCases)
func declarations(_ sample: OutlineCase) throws {
  let found = try outline(sample.text, sample.language)
  let expected = sample.expected.split(separator: "\n").map(String.init)
  let changes = expected.difference(from: found).map { change in
    switch change {
    case .insert(_, let line, _): "missing: \(line)"
    case .remove(_, let line, _): "too much: \(line)"
    }
  }
  #expect(changes.isEmpty, "\(changes.joined(separator: "\n"))")
}

let outlineCases: [OutlineCase] = [
  OutlineCase(
    language: .python,
    text: ##"""
      """def not_code(): pass"""
      from x import (a, b)
      import os  # class Comment:
      LIMIT = 10
      Old = New
      timeout: float = 5

      @decorated(
        x=1)
      class Client(Base):
          """class Doc: pass"""
          retries = 3

          def __init__(self, url: str, *, timeout: float = 5.0):
              self.url = url
              self.url = 2

          async def fetch(self, path, retries=(1, 2)):
              def inner(): pass
              return f"{self.render(path)} def no(): {{x}}"

          class Meta:
              name = "x"

      def main(argv=None) -> int:
          local = 1
          return 0
      """##,
    expected: ##"""
      constant LIMIT
      variable Old
      variable timeout
      class Client
      field Client.retries
      constructor Client.__init__(self, url, timeout)
      field Client.url
      method Client.fetch(self, path, retries)
      function Client.inner()
      class Client.Meta
      field Client.Meta.name
      function main(argv)
      """##),
  OutlineCase(
    language: .javascript,
    text: ##"""
      // function comment() {}
      import { a, b as c } from './x';
      export const LIMIT = 10, x = `text ${call({ a: 1 })} function no() {}`;
      export default class Client extends Base {
        #secret = 1;
        static retries = 3;
        onClose = async (reason) => { const inner = 1; };
        constructor(url, options = {}) { this.url = url; }
        get size() { return /function re() {}/.test('x') ? 1 : 2; }
        async *fetch(path, { deep } = {}) {
          if (path) { while (x) { step(); } }
          return 'class No {}';
        }
      }
      function parse(text, ...rest) { function helper() {} return helper; }
      export const load = async (path) => { await go(path); };
      const double = x => x * 2;
      const api = {
        close() {},
        open: function (path) { return path; },
        limit: 5,
        nested: { deep: 1 },
      };
      exports.run = function (args) {};
      module.exports.stop = stop;
      Client.prototype.reset = function () {};
      describe('x', () => { function inner() {} const no = 1; });
      """##,
    expected: ##"""
      constant LIMIT
      class Client
      field Client.secret
      field Client.retries
      method Client.onClose(reason)
      constructor Client.constructor(url, options)
      method Client.size()
      method Client.fetch(path)
      function parse(text, rest)
      function helper()
      function load(path)
      function double(x)
      variable api
      method api.close()
      method api.open(path)
      field api.limit
      field api.nested
      field api.nested.deep
      function run(args)
      variable stop
      method Client.reset()
      function inner()
      """##),
  OutlineCase(
    language: .typescript,
    text: ##"""
      export interface Options<T = string> {
        readonly retries?: number;
        onClose(reason: string): void;
        nested: { deep: string };
      }
      export type Mode = 'a' | 'b';
      type Shape = { width: number; height: number };
      declare function load(path: string): Promise<void>;
      export function load(path: string, mode: Mode = 'a'): { ok: boolean } { return { ok: true }; }
      export abstract class Store<K extends keyof any> implements Base {
        private readonly items: Map<string, number> = new Map();
        constructor(private readonly url: string) { super(); }
        abstract get<T>(key: K): T;
        protected async set(key: K, value?: unknown): Promise<void> { this.items.set('k', 1); }
      }
      export enum Color { Red = 'red', Green = 'green' }
      export const enum Flag { On }
      namespace Inner { export const deep = 1; }
      export const make = <T,>(x: T): T => x;
      export const handler: Handler = async (req, res) => { res.end(); };
      let plain: string;
      """##,
    expected: ##"""
      interface Options
      field Options.retries
      method Options.onClose(reason)
      field Options.nested
      type alias Mode
      type alias Shape
      field Shape.width
      field Shape.height
      function load(path)
      function load(path, mode)
      class Store
      field Store.items
      constructor Store.constructor(url)
      method Store.get(key)
      method Store.set(key, value)
      enum Color
      enum case Color.Red
      enum case Color.Green
      enum Flag
      enum case Flag.On
      module Inner
      variable Inner.deep
      function make(x)
      function handler(req, res)
      variable plain
      """##),
  OutlineCase(
    language: .go,
    text: ##"""
      package client

      import (
      	"fmt"
      )

      // func Comment() {}
      const Version = "1.0"
      const (
      	A = iota
      	B
      	C, D = 1, 2
      )
      var ErrClosed = errors.New("func No() {}")

      type Client struct {
      	Retries, Limit int `json:"x"`
      	sync.Mutex
      	inner struct {
      		Deep string
      	}
      }
      type Doer interface {
      	Do(req *Request) (*Response, error)
      }
      type (
      	ID string
      	Handler func(w Writer)
      )
      func New(url string, opts ...Option) *Client { return &Client{Retries: 1} }
      func (c *Client) Close(force bool) error {
      	f := func() { fmt.Println(`raw
      func No() {}`) }
      	return nil
      }
      func Map[K comparable, V any](m map[K]V) []K { return nil }
      """##,
    expected: ##"""
      constant Version
      constant A
      constant B
      constant C
      constant D
      variable ErrClosed
      struct Client
      field Client.Retries
      field Client.Limit
      field Client.inner
      field Client.inner.Deep
      interface Doer
      method Doer.Do(req)
      type alias ID
      type alias Handler
      function New(url, opts)
      method Client.Close(force)
      function Map(m)
      """##),
  OutlineCase(
    language: .rust,
    text: ##"""
      use std::fmt;
      pub use crate::new::Router as OldRouter;
      /// fn doc() {}
      #[derive(Debug)]
      pub struct Client<T> where T: Send {
          pub retries: Vec<u8>,
          url: String,
      }
      pub struct Unit;
      pub struct Pair(pub u8, u8);
      pub enum Mode { Fast, Slow(u8), Named { x: i32 } }
      pub trait Service<'a> {
          type Output;
          const LIMIT: usize = 10;
          fn call(&mut self, req: &'a str) -> Self::Output;
      }
      impl<T: Send> Service<'static> for Client<T> {
          fn call(&mut self, req: &str) -> Self::Output { let c = '{'; let s = r#"fn no() {"#; }
      }
      impl Client<u8> {
          pub(crate) async fn close(self, force: bool) -> Result<()> { fn inner() {} }
          pub const fn size(&self) -> usize { 1 }
      }
      pub static mut COUNT: usize = 0;
      pub type Alias = Client<u8>;
      macro_rules! json { () => { fn no() {} } }
      pub mod inner { pub fn deep<F>(f: F) where F: Fn() -> bool {} }
      cfg_rt! { pub fn gated() {} }
      #[cfg(test)]
      mod tests { #[test] fn checks() {} }
      """##,
    expected: ##"""
      type alias OldRouter
      struct Client
      field Client.retries
      field Client.url
      struct Unit
      struct Pair
      enum Mode
      enum case Mode.Fast
      enum case Mode.Slow
      enum case Mode.Named
      trait Service
      type alias Service.Output
      constant Service.LIMIT
      method Service.call(req)
      method Client.call(req)
      method Client.close(force)
      function Client.inner()
      method Client.size()
      constant COUNT
      type alias Alias
      macro json
      module inner
      function inner.deep(f)
      function gated()
      module tests
      function tests.checks()
      """##),
  OutlineCase(
    language: .java,
    text: ##"""
      package com.example;
      import java.util.*;
      /* class Comment {} */
      @Deprecated(since = "1")
      public abstract class Client<T extends Comparable<T>> extends Base implements Closeable {
        private static final int LIMIT = 10;
        protected Map<String, List<Integer>> items = new HashMap<>(), others;
        static { int no = 1; }
        public Client(String url, int... retries) { this.url = url; if (x) { y(); } }
        @Override public <R> List<R> fetch(final String path, Map<String, R> query) throws IOException {
          String text = "class No {}"; return null;
        }
        abstract void close();
        interface Listener { void onClose(int code); }
        enum Mode { FAST, SLOW(2) { void x() {} }; final int weight; Mode(int w) {} }
        record Point(int x, int y) { double length() { return 0; } }
      }
      @interface Marker { String value() default ""; }
      """##,
    expected: ##"""
      class Client
      constant Client.LIMIT
      field Client.items
      field Client.others
      constructor Client.Client(url, retries)
      method Client.fetch(path, query)
      method Client.close()
      interface Client.Listener
      method Client.Listener.onClose(code)
      enum Client.Mode
      enum case Client.Mode.FAST
      enum case Client.Mode.SLOW
      field Client.Mode.weight
      constructor Client.Mode.Mode(w)
      class Client.Point(x, y)
      method Client.Point.length()
      interface Marker
      method Marker.value()
      """##),
  OutlineCase(
    language: .c,
    text: ##"""
      #ifndef X_H
      #define X_H
      #define LIMIT 10
      #define MAX(a, b) ((a) > (b) \
        ? (a) : (b))
      #include <stdio.h>
      /* int comment(void); */
      typedef struct node { int value; struct node *next; } node_t;
      typedef enum { RED, GREEN = 2 } color_t;
      typedef int (*handler_fn)(int code);
      struct point { double x, y; };
      enum mode { FAST, SLOW };
      extern int counter;
      static const char *names[] = { "int no(void) {", "b" };
      int parse_config(const char *path, struct point *out);
      static inline struct point *
      make_point(double x)
      {
        if (x) { return 0; }
        return make("}");
      }
      #ifdef A
      int only_a(void) {
      #else
      int only_b(void) {
      #endif
        return 1;
      }
      int main(int argc, char **argv) { return 0; }
      #endif
      """##,
    expected: ##"""
      constant X_H
      constant LIMIT
      macro MAX(a, b)
      type alias node_t
      field node_t.value
      field node_t.next
      type alias color_t
      enum case RED
      enum case GREEN
      type alias handler_fn
      struct point
      field point.x
      field point.y
      enum mode
      enum case FAST
      enum case SLOW
      variable counter
      constant names
      function parse_config(path, out)
      function make_point(x)
      function only_a()
      function main(argc, argv)
      """##),
  OutlineCase(
    language: .cpp,
    text: ##"""
      namespace app::net {
      template <typename T>
      class EXPORT Client final : public Base<T> {
      public:
        explicit Client(int port) : port_(port), list_{1} { start(); }
        ~Client();
        virtual void close(bool force = false) const override;
        template <class U> U get(std::map<int, U> m) { return R"(void no() {})"; }
        bool operator==(const Client& o) const { return true; }
      private:
        int port_ = 1'000;
      };
      }
      void app::net::Client::close(bool force) const { }
      enum class Mode : int { Fast, Slow };
      using Alias = int;
      """##,
    expected: ##"""
      module app
      module net
      class app.net.Client
      constructor app.net.Client.Client(port)
      method app.net.Client.close(force)
      method app.net.Client.get(m)
      field app.net.Client.port_
      method app.net.Client.close(force)
      enum Mode
      enum case Mode.Fast
      enum case Mode.Slow
      """##),
  OutlineCase(
    language: .csharp,
    text: ##"""
      using System;
      namespace App.Net;
      [Serializable]
      public sealed class Client : IDisposable {
        public int Retries { get; set; } = 3;
        public string Name => $"class No {{ {Retries} }}";
        private readonly Dictionary<string, int> items = new();
        public Client(string url) : base(url) { }
        public async Task<T> FetchAsync<T>(string path, CancellationToken token = default) where T : class { return null; }
        public event EventHandler Closed;
      }
      public interface IStore { void Close(bool force); }
      public record Point(int X, int Y);
      public enum Mode { Fast, Slow = 2 }
      """##,
    expected: ##"""
      class Client
      field Client.Retries
      field Client.Name
      field Client.items
      constructor Client.Client(url)
      method Client.FetchAsync(path, token)
      field Client.Closed
      interface IStore
      method IStore.Close(force)
      class Point(X, Y)
      enum Mode
      enum case Mode.Fast
      enum case Mode.Slow
      """##),
  OutlineCase(
    language: .kotlin,
    text: ##"""
      package app
      class Client(val url: String, retries: Int = 3) : Base(url), Closeable {
        private val items = mutableMapOf<String, Int>()
        var name: String = "fun no() ${items.map { it.key }}"
          get() = field
        override suspend fun close(force: Boolean): Unit { val local = 1 }
        companion object { const val LIMIT = 10 }
      }
      fun <T> List<T>.second(): T = this[1]
      interface Store { fun get(key: String): String }
      object Registry { fun add(x: Int) {} }
      enum class Mode(val w: Int) { FAST(1), SLOW(2); fun heavy() = w > 1 }
      typealias Handler = (Int) -> Unit
      """##,
    expected: ##"""
      class Client(url, retries)
      field Client.items
      field Client.name
      method Client.close(force)
      constant Client.LIMIT
      function second()
      interface Store
      method Store.get(key)
      class Registry
      method Registry.add(x)
      enum Mode(w)
      enum case Mode.FAST
      enum case Mode.SLOW
      method Mode.heavy()
      type alias Handler
      """##),
  OutlineCase(
    language: .php,
    text: ##"""
      <h1>function no() {}</h1>
      <?php
      namespace App\Net;
      use App\Base as B;
      abstract class Client extends Base implements Closeable {
        const LIMIT = 10;
        private ?string $url = 'function no() {}';
        public static int $count;
        public function __construct(string $url, int $retries = 3) { $this->url = $url; }
        abstract protected function close(bool $force): void;
      }
      function parse_config(array &$x) { return 1; }
      define('VERSION', '1.0');
      enum Mode: string { case Fast = 'fast'; }
      """##,
    expected: ##"""
      class Client
      constant Client.LIMIT
      field Client.url
      field Client.count
      constructor Client.__construct(url, retries)
      method Client.close(force)
      function parse_config(x)
      constant VERSION
      enum Mode
      enum case Mode.Fast
      """##),
  OutlineCase(
    language: .ruby,
    text: ##"""
      # def comment; end
      require 'x'
      =begin
      def block; end
      =end
      module Net
        VERSION = '1.0'
        class Client < Base
          attr_accessor :url, :retries
          def initialize(url, retries: 3)
            @url = url
          end

          def closed?
            text = <<~SQL
              def no
              #{interpolated}
            SQL
            x = %w[def no end]
            y / 2 if z =~ /def no/
          end

          def self.open(path = "a", &block)
            yield
          end
          alias_method :shut, :close
          alias quit close
          private def hidden; end
        end
        class Net::Error < StandardError; end
      end
      def main; end
      """##,
    expected: ##"""
      module Net
      constant Net.VERSION
      class Net.Client
      field Net.Client.url
      field Net.Client.retries
      constructor Net.Client.initialize(url, retries)
      method Net.Client.closed?()
      method Net.Client.open(path, block)
      method Net.Client.shut
      method Net.Client.quit
      method Net.Client.hidden()
      class Net.Net.Error
      function main()
      """##),
  OutlineCase(
    language: .swift,
    text: ##"""
      import Foundation
      /* func comment() {} /* nested */ func still() {} */
      @available(*, deprecated, renamed: "Session")
      public final class Client<T: Sendable>: Base where T: Codable {
        private(set) var retries = 3
        static let limit: Int = 10
        var text: String { let local = 1; return "func no() \(render(local))" }
        public init?(url: String, timeout: Double = 5) throws { self.url = url }
        class func make(_ path: String, with options: [String: Int] = [:]) -> Client { func inner() {} }
        subscript(index: Int) -> Int { 1 }
        public func `default`() async throws -> Int
          where T: Hashable { #"raw " func no() {"# }
      }
      public enum Mode: String { case fast, slow = "s", custom(Int, name: String)
        func heavy() -> Bool { switch self { case .fast: return false } }
      }
      protocol Store { associatedtype Key; func get(key: Key) -> Int }
      extension Client.Inner: Store { func get(key: Int) -> Int { 1 } }
      actor Worker { let id = 1 }
      typealias Old = Client<Int>
      public let version = "1.0"
      func main() { let x = 1 }
      macro expect(_ condition: Bool) = #externalMacro(module: "M", type: "T")
      """##,
    expected: ##"""
      class Client
      field Client.retries
      field Client.limit
      field Client.text
      constructor Client.init(url, timeout)
      method Client.make(path, options)
      function Client.inner()
      method Client.default()
      enum Mode
      enum case Mode.fast
      enum case Mode.slow
      enum case Mode.custom(name)
      method Mode.heavy()
      protocol Store
      type alias Store.Key
      method Store.get(key)
      method Client.Inner.get(key)
      class Worker
      field Worker.id
      type alias Old
      constant version
      function main()
      macro expect(condition)
      """##),
]
