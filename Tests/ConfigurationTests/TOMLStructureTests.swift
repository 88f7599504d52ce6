import Testing

@testable import Configuration

/// Keys, tables, arrays and the rules of what may be defined once.
@Suite struct TOMLStructureTests {
    @Test(arguments: [
        ("", "{}"), ("\n\r\n \t\n", "{}"), ("# c", "{}"), ("# c\té🚀\r\n", "{}"),
        ("a=1", "{a:1}"), ("a = 1 # c", "{a:1}"), (" a\t=\t1 \r\nb = 2", "{a:1,b:2}"),
        ("1 = 1\n-_ = 2\n01-02 = 3", "{1:1,-_:2,01-02:3}"), ("1.2 = 3", "{1:{2:3}}"),
        ("\"\" = 1", "{:1}"), ("'a.b' = 1", "{a.b:1}"), ("\"a\\x41\" = 1", "{aA:1}"),
        ("a . b = 1\na. 'c d' .e = 2", "{a:{b:1,c d:{e:2}}}"),
        ("true = 1\ninf = 2", "{true:1,inf:2}"),
        ("a = 1\nA = 2", "{a:1,A:2}"), ("\"#\" = 1", "{#:1}"),
        ("\"e\u{301}\"=1\n\"é\"=2", "{e\u{301}:1,é:2}"),
        ("[a]\n[a.b]\nx=1\n[c]", "{a:{b:{x:1}},c:{}}"), ("[ a . 'b' ] # c\nx=1", "{a:{b:{x:1}}}"),
        ("[a.b.c]\n[a]\nx=1\n[a.b]\ny=2", "{a:{b:{c:{},y:2},x:1}}"),
        ("[a.b]\n[x]\n[a.c]", "{a:{b:{},c:{}},x:{}}"), ("['']\nx=1", "{:{x:1}}"),
        ("a.b=1\na.c=2", "{a:{b:1,c:2}}"), ("a.b.c=1\na.d=2", "{a:{b:{c:1},d:2}}"),
        ("[a]\nb.c=1\n[a.b.d]\ne=1", "{a:{b:{c:1,d:{e:1}}}}"),
        ("a.b=1\n[a.c]\nd=1", "{a:{b:1,c:{d:1}}}"),
        ("[a.b.c]\n[a]\nb.d=1", "{a:{b:{c:{},d:1}}}"),
        ("[[a]]\nx=1\n[[a]]\n[[a]]\ny=2", "{a:[{x:1},{},{y:2}]}"),
        ("[[a]]\n[a.b]\nx=1\n[[a]]\n[a.b]\nx=2", "{a:[{b:{x:1}},{b:{x:2}}]}"),
        ("[[a]]\n[[a.b]]\nx=1\n[[a.b]]\n[[a]]\n[[a.b]]", "{a:[{b:[{x:1},{}]},{b:[{}]}]}"),
        ("[[a.b]]\n[a]\nx=1", "{a:{b:[{}],x:1}}"),
        ("[[a]]\nb.c=1\n[[a]]\nb.c=2", "{a:[{b:{c:1}},{b:{c:2}}]}"),
        ("[a.x]\n[[a.y]]\n[a]\nz=1", "{a:{x:{},y:[{}],z:1}}"),
        ("[[a]]\n[a.b.c]\n[a.b]\nx=1", "{a:[{b:{c:{},x:1}}]}"),
        ("a=[]", "{a:[]}"), ("a=[1,2,]", "{a:[1,2]}"),
        ("a=[ # c\n 1 # c\r\n , # c\n\n 2 ,# c\n]", "{a:[1,2]}"),
        ("a=[[1,[]],['x',{b=1}],1.5]", "{a:[[1,[]],[\"x\",{b:1}],1.5]}"), ("a=[\t]", "{a:[]}"),
        ("a=[{b=1},{b=2}]", "{a:[{b:1},{b:2}]}"),
        ("a=[\"x\",\n\n\"\"\"\ny\"\"\"]", "{a:[\"x\",\"y\"]}"),
        ("a={}", "{a:{}}"), ("a={ }", "{a:{}}"), ("a={b=1,c.d=2,c.e=3}", "{a:{b:1,c:{d:2,e:3}}}"),
        ("a={b=1,}", "{a:{b:1}}"),
        ("a={ # c\n b = 1 # c\n , # c\r\n\n c={d=[\n]}\n }", "{a:{b:1,c:{d:[]}}}"),
        ("a={\n}\nb={#c\n}", "{a:{},b:{}}"), ("a={\"b c\"=1,'d'=2}", "{a:{b c:1,d:2}}"),
        ("a.b={c=1}\na.d=1", "{a:{b:{c:1},d:1}}"),
    ])
    func `a text has its tables`(text: String, brief: String) throws {
        let shown = try parsed(text).brief
        #expect(shown.utf8.elementsEqual(brief.utf8), "\(shown)")
    }

    @Test(arguments: [
        "a", "a =", "a = # c", "= 1", "a 1", "a = 1 b = 2", "a = 1, b = 2", "a = 1 2", "a == 1",
        "a = = 1",
        "a\n= 1", "a =\n1", "a.\nb = 1", "a. = 1", ".a = 1", "a..b = 1", "a b = 1", "a! = 1",
        "é = 1", "a# = 1",
        "\"a = 1", "'a = 1", "\"a\"b = 1", "\"\"\"a\"\"\" = 1", "'''a''' = 1", "\"a\nb\" = 1",
        "\"\\q\" = 1",
        "[", "[]", "[ ]", "[a", "[a\n]", "[a]]", "[[a]", "[[a] ]", "[ [a]]", "[[]]", "[a.]", "[.a]",
        "[a..b]", "[a b]",
        "[a] b = 1", "[a][b]", "[a]\n[a", "[a=1]", "[\"a]", "[[a\n]]", "[a]x", "[é]",
        "[\"\"\"a\"\"\"]", "[#]", "[a]\r",
        "a = 1\r", "a = 1\rb = 2", "\r", "# c\rd", "# \u{0}", "# \u{7F}", "# \u{8}", "a = 1 \u{C}",
        "\u{B}a = 1", "\u{0}",
        "a = 1\u{0}", "\u{A0}a = 1", "a = \u{3000}1", "\u{2028}",
        "a=[", "a=[1", "a=[1,", "a=[1 2]", "a=[,]", "a=[1,,2]", "a=[,1]", "a=[1]]", "a=[1;2]",
        "a=[1\r,2]",
        "a=[b=1]", "a=[1 # c ]", "a=[[]", "a=]", "a=[}", "a=[x]", "a = [1] b", "a = [#\u{0}\n]",
        "a={", "a={b", "a={b=1", "a={b=1,", "a={,}", "a={b=1,,c=2}", "a={,b=1}", "a={b=1 c=2}",
        "a={b}", "a={b=}",
        "a={b=1}}", "a={b=1;c=2}", "a={1}", "a={[b]}", "a={b=1]", "a={b=1} c=2", "a={b\n=1}",
        "a={b=\n1}", "a={b=1\rc=2}",
        "a={\nb=1\nc=2\n}", "a = }", "a={b=1 # }",
    ])
    func `a malformed line, header, array or inline table is refused`(text: String) {
        #expect(refusal(text) != nil, "\(text) was read")
    }

    @Test(arguments: [
        "a=1\na=2", "a=1\n\"a\"=2", "'a'=1\n\"\\x61\"=2", "a=1\na.b=2", "a.b=1\na=2",
        "a.b=1\na.b=2", "a.b=1\na.b.c=2",
        "a.b.c=1\na.b=2", "a=[]\na.b=1", "a={}\na.b=1", "a={b=1}\na.b=2", "a={b={c=1}}\na.b.d=2",
        "a.b=1\na={}",
        "[a]\n[a]", "[a]\nb=1\n[a]\nc=2", "[a]\n[b]\n[a]", "[a.b]\n[a.b]", "[a.b]\n[a]\n[a]",
        "a=1\n[a]", "a=1\n[a.b]",
        "[a]\nb=1\n[a.b]", "[a]\nb=1\n[a.b.c]", "a={}\n[a]", "a={}\n[a.b]", "a={b={}}\n[a.b]",
        "a={b={}}\n[a.b.c]",
        "a.b=1\n[a]", "a.b.c=1\n[a.b]", "[t]\na.b=1\n[t.a]", "[t]\na.b.c=1\n[t.a.b]",
        "[a.b]\nx=1\n[a]\nb.y=2",
        "[a.b.c]\n[a]\nb.c.t=1", "[a.b.c.d]\n[a]\nb.c.d.k=1", "[a]\nb=1\n[a]\nb=2",
        "[a.b.c]\n[a]\nb.d=1\n[a.b]",
        "a=[]\n[[a]]", "a=[{}]\n[[a]]", "a=[{}]\n[a]", "a=[{}]\n[a.b]", "a=[{b=1}]\n[a.c]",
        "a=1\n[[a]]", "a={}\n[[a]]",
        "[a]\n[[a]]", "[[a]]\n[a]", "[a.b]\n[[a]]", "[[a]]\na=1\n[[a.a]]", "[[a]]\n[a.b]\n[[a.b]]",
        "[[a]]\n[[a.b]]\n[a.b]",
        "[a.b]\nx=1\n[[a]]", "[[a.b]]\n[a]\nb.y=2", "[[a.b]]\n[a]\nb=2", "[[a]]\n[a.b]\n[a.b]",
        "a.b=[]\n[[a.b]]", "a.b=1\n[[a]]",
        "[[a]]\nb=[]\n[[a.b]]", "a=[{b=[]}]\n[[a.b]]",
        "a={b=1,b=2}", "a={b=1,\"b\"=2}", "a={b.c=1,b=2}", "a={b=1,b.c=2}", "a={b={c=1},b.d=2}",
        "a={b.c=1,b={}}", "a={b=[],b.c=1}",
        "a={b.c=1,b.c=2}", "a={b={},b={}}", "[a]\nx=1\n[b]\n[a.x]", "a=[{b=1,b=2}]",
    ])
    func `what is defined cannot be defined again`(text: String) throws {
        let error = try #require(refusal(text), "\(text) was read")
        #expect(error.message.contains(" at ") || error.message.contains("header"), "\(error)")
    }

    @Test func `every value, key and table has its place`() throws {
        let table = try parsed("'é' = 1\n\n  \"ü\".b = [1,\n 'é', 2]\n[t]\nx = {y = 1}\n[[l]]\n")
        #expect(table["é"]?.position == TOMLPosition(line: 1, column: 1))
        #expect(table["é"]?.node.position == TOMLPosition(line: 1, column: 7))
        guard case .table(let inner)? = table["ü"]?.node.value,
            case .array(let nodes)? = inner["b"]?.node.value,
            case .table(let sub)? = table["t"]?.node.value
        else {
            Issue.record("the table has another shape")
            return
        }
        #expect(inner["b"]?.position == TOMLPosition(line: 3, column: 7))
        #expect(nodes.map(\.position.description) == ["3:12", "4:2", "4:7"])
        #expect(table["t"]?.node.position == TOMLPosition(line: 5, column: 1))
        #expect(sub["x"]?.node.position == TOMLPosition(line: 6, column: 5))
        #expect(table["l"]?.position == TOMLPosition(line: 7, column: 3))
    }

    @Test(arguments: [
        ("a = 1\nb = \"é\" x", "2:9: expected the end of the line, found `x`"),
        ("a = \"\n", "1:5: the string has no closing \""),
        ("a = '''\n\n", "1:5: the string has no closing '''"),
        ("a = [1,\n2", "1:5: the array has no closing ]"),
        ("a = {b = 1", "1:5: the inline table has no closing }"),
        ("a = 1\n\na = 2", "3:1: `a` has a value already, set at 1:1"),
        ("[a]\n[b]\n[a]", "3:2: `a` is a table already, defined at 1:1"),
        (
            "a = \"\\uD800\"",
            "1:6: a surrogate is no character; write the character itself, or one \\U escape"
        ),
        ("a = 08", "1:5: a number has no leading zeros; octal is written 0o17"),
        ("a = yes", "1:5: not a value; a string needs quotes around it"),
        ("a = True", "1:5: `true` is written in lower case"),
        ("a\n", "1:2: expected `=` or `.` after the key, found the end of the line"),
        ("# \u{1}", "1:3: control character U+0001 is not allowed in a comment"),
        (
            "a = 1\rb",
            "1:6: expected the end of the line, found a carriage return without a line feed"
        ),
        ("a = 2023-02-29", "1:5: there is no such day in the calendar"),
        (
            "ключ = 1",
            "1:1: expected a key, found `к`; a key with other than A-Z a-z 0-9 - _ needs quotes"
        ),
    ])
    func `an error says where and what`(text: String, message: String) {
        #expect(refusal(text)?.description == message)
    }

    @Test func `nesting is bounded by a named limit`() {
        let most = Limits.configurationDepthMax
        func arrays(_ count: Int) -> String {
            "a = " + String(repeating: "[", count: count) + String(repeating: "]", count: count)
        }
        func tables(_ count: Int) -> String {
            "a = " + String(repeating: "{a=", count: count) + "1"
                + String(repeating: "}", count: count)
        }
        func keys(_ count: Int) -> String {
            Array(repeating: "a", count: count).joined(separator: ".")
        }
        // The root is level 1.
        #expect(refusal(arrays(most - 1)) == nil)
        #expect(refusal(arrays(most))?.message.contains("configuration_depth_max") == true)
        #expect(refusal(tables(most - 1)) == nil)
        #expect(refusal(tables(most))?.message.contains("configuration_depth_max") == true)
        #expect(refusal(keys(most) + " = 1") == nil)
        #expect(
            refusal(keys(most + 1) + " = 1")?.message.contains("configuration_depth_max") == true)
        #expect(refusal("[\(keys(most - 1))]") == nil)
        #expect(refusal("[\(keys(most))]")?.message.contains("configuration_depth_max") == true)
        #expect(refusal("[[\(keys(most - 2))]]") == nil)
        #expect(
            refusal("[[\(keys(most - 1))]]")?.message.contains("configuration_depth_max") == true)
        #expect(refusal(String(repeating: "[", count: 1_000_000)) != nil)
        #expect(refusal("a = " + String(repeating: "[", count: 1_000_000)) != nil)
        #expect(refusal("a = " + String(repeating: "{a=", count: 500_000)) != nil)
    }

    @Test func `a large text is read`() throws {
        let numbers = (0..<100_000).map { "\($0)" }.joined(separator: ",")
        let lines = (0..<20_000).map { "k\($0) = \"é\($0)\"" }.joined(separator: "\n")
        let table = try parsed("a = [\(numbers)]\n[t]\n\(lines)\n")
        guard case .array(let nodes)? = table["a"]?.node.value,
            case .table(let inner)? = table["t"]?.node.value
        else {
            Issue.record("the table has another shape")
            return
        }
        #expect(nodes.count == 100_000)
        #expect(nodes.last?.position == TOMLPosition(line: 1, column: 6 + numbers.count - 5))
        #expect(inner.entries.count == 20_000)
    }
}
