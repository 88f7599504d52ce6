import Testing

@testable import Configuration

/// Numbers, booleans, dates and times, each as the specification allows or forbids it.
@Suite struct TOMLScalarTests {
    @Test(arguments: [
        ("0", 0), ("+0", 0), ("-0", 0), ("+99", 99), ("-17", -17), ("1_000", 1000),
        ("5_349_221", 5_349_221), ("1_2_3", 123), ("0xDEADBEEF", 0xDEAD_BEEF),
        ("0xdead_beef", 0xDEAD_BEEF), ("0o01234567", 0o1234567), ("0o755", 0o755),
        ("0b11010110", 0b1101_0110), ("0x00", 0), ("0b0_1", 1),
        ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
        ("0x7fffffffffffffff", Int64.max),
    ])
    func `an integer has its value`(text: String, number: Int64) throws {
        #expect(try value(text) == .integer(number))
    }

    @Test(arguments: [
        ("1.0", 1), ("+1.0", 1), ("3.1415", 3.1415), ("-0.01", -0.01), ("5e+22", 5e22),
        ("1e06", 1e6), ("-2E-2", -0.02), ("6.626e-34", 6.626e-34),
        ("224_617.445_991_228", 224617.445991228),
        ("0e0", 0), ("0.0", 0), ("1e1_0", 1e10), ("inf", .infinity), ("+inf", .infinity),
        ("-inf", -.infinity), ("1e00", 1), ("1e-400", 0), ("0.1_2", 0.12),
        ("1.7976931348623157e308", Double.greatestFiniteMagnitude),
    ])
    func `a float has its value`(text: String, number: Double) throws {
        #expect(try value(text) == .float(number))
    }

    @Test(arguments: ["nan", "+nan", "-nan"])
    func `nan is a float`(text: String) throws {
        guard case .float(let number)? = try value(text) else {
            Issue.record("\(text) is no float")
            return
        }
        #expect(number.isNaN)
    }

    @Test func `minus zero keeps its sign as a float`() throws {
        guard case .float(let number)? = try value("-0.0") else {
            Issue.record("-0.0 is no float")
            return
        }
        #expect(number.sign == .minus)
    }

    @Test func `booleans are lower case words`() throws {
        #expect(try value("true") == .boolean(true))
        #expect(try value("false") == .boolean(false))
    }

    @Test(arguments: [
        "01", "+01", "-01", "00", "0_0", "_1", "1_", "1__0", "+", "-", "++1", "+-1", "1+", "--1",
        "+0x1", "-0x1", "-0o7", "-0b1", "0x", "0o", "0b", "0xg", "0o8", "0b2", "0X1", "0O7", "0B1",
        "0x_1", "0x1_", "0o_7", "0b_1", "0_x1", "0x1__2", "1a", "0xag", "1 2", "1,000",
        "9223372036854775808", "-9223372036854775809", "0x8000000000000000",
        "0xFFFFFFFFFFFFFFFFF", "99999999999999999999999999",
        ".5", "5.", "+.5", "-.5", "5.e3", "1.e1", "1e", "1e+", "1e-", "1ee1", "1e1e1", "1e1.5",
        "1.2.3", "1..2", "01.5", "-01.5", "03e1", "1_.5", "1._5", "1.5_", "1e_5", "1e5_", "1e1__0",
        "1.5e", "1e5.", "1.", "1_e5", "1e400", "-1e400", "Inf", "INF", "NaN", "+Inf", "in", "na",
        "infinity", "nano", "inf_", "+ 1", "0x1.8p3", "1f", "1.5f", "0.5.", "e5", "+e5", "1d5",
        "True", "TRUE", "False", "fals", "truer", "t", "f", "yes", "null", "nil", "true1",
        "truefalse", "tru e", "١",
    ])
    func `a malformed number or word is refused where it stands`(text: String) throws {
        let error = try #require(refusal("v = " + text))
        #expect(error.position.line == 1)
        #expect(error.position.column >= 5)
    }

    @Test(arguments: [
        ("1979-05-27T07:32:00Z", "1979-05-27T07:32:00Z"),
        ("1979-05-27t07:32:00z", "1979-05-27T07:32:00Z"),
        ("1979-05-27 07:32:00Z", "1979-05-27T07:32:00Z"),
        ("1979-05-27T00:32:00-07:00", "1979-05-27T00:32:00-07:00"),
        ("1979-05-27T00:32:00.5+05:45", "1979-05-27T00:32:00.5+05:45"),
        ("1979-05-27T00:32:00.999999-07:00", "1979-05-27T00:32:00.999999-07:00"),
        ("1979-05-27T07:32:00+00:00", "1979-05-27T07:32:00Z"),
        ("1979-05-27T07:32:00-00:00", "1979-05-27T07:32:00Z"),
        ("1979-05-27 07:32Z", "1979-05-27T07:32:00Z"),
        ("1979-05-27T07:32-07:00", "1979-05-27T07:32:00-07:00"),
        ("1979-05-27T07:32:00", "1979-05-27T07:32:00"),
        ("1979-05-27 07:32", "1979-05-27T07:32:00"),
        ("1979-05-27T00:32:00.000001", "1979-05-27T00:32:00.000001"),
        ("1979-05-27T00:32:00.1234567899", "1979-05-27T00:32:00.123456789"),
        ("1979-05-27", "1979-05-27"), ("0000-01-01", "0000-01-01"), ("9999-12-31", "9999-12-31"),
        ("2000-02-29", "2000-02-29"), ("2024-02-29", "2024-02-29"),
        ("07:32:00", "07:32:00"), ("00:32:00.999", "00:32:00.999"), ("07:32", "07:32:00"),
        ("23:59:59.000", "23:59:59"), ("2016-12-31T23:59:60Z", "2016-12-31T23:59:60Z"),
        ("2017-01-01T00:59:60+01:00", "2017-01-01T00:59:60+01:00"),
        ("2016-12-31T15:59:60-08:00", "2016-12-31T15:59:60-08:00"),
        ("2016-12-30T22:59:60-25:00", ""),
        ("1979-05-27T23:59:59+23:59", "1979-05-27T23:59:59+23:59"),
    ])
    func `a date or time has its parts`(text: String, shown: String) throws {
        if shown.isEmpty {
            #expect(refusal("v = " + text) != nil)
        } else {
            #expect(try value(text)?.brief == shown)
        }
    }

    @Test func `the four kinds of dates and times are told apart`() throws {
        #expect(try value("1979-05-27T07:32:00Z")?.typeName == "an offset date-time")
        #expect(try value("1979-05-27T07:32:00")?.typeName == "a local date-time")
        #expect(try value("1979-05-27")?.typeName == "a local date")
        #expect(try value("07:32:00")?.typeName == "a local time")
    }

    @Test(arguments: [
        "1979-5-27", "1979-05-7", "79-05-27", "10000-01-01", "1979-05", "1979-05-", "1979-",
        "1979/05/27", "197905-27", "1979-0527", "1979-13-01", "1979-00-01", "1979-01-00",
        "1979-01-32", "1979-04-31", "1900-02-29", "2023-02-29", "2100-02-29", "2000-02-30",
        "1979-05-27T", "1979-05-27T7:32", "1979-05-27 7:32", "1979-05-27T07", "1979-05-27T07:",
        "1979-05-27T07:3", "1979-05-27T07:32:", "1979-05-27T07:32:0", "1979-05-27T07:32:00.",
        "1979-05-27T07:32:00.Z", "1979-05-27T07:32.5", "1979-05-27T24:00:00",
        "1979-05-27T07:60:00", "1979-05-27T07:32:61", "1979-05-27T23:59:60Z",
        "1979-05-31T12:59:60Z", "1979-05-27x", "1979-05-27T07:32:00ZZ", "1979-05-27T07:32:00x",
        "1979-05-27T07:32:00+", "1979-05-27T07:32:00+7", "1979-05-27T07:32:00+07",
        "1979-05-27T07:32:00+0700", "1979-05-27T07:32:00+07:0", "1979-05-27T07:32:00+24:00",
        "1979-05-27T07:32:00+07:60", "1979-05-27T07:32:00+07:00:00", "1979-05-27  07:32:00",
        "1979-05-27_07:32:00", "1979-05-2707:32:00", "1979-05-27TT07:32", "1979-05-27Z",
        "-1979-05-27", "+1979-05-27", "7:32:00", "07:32:", "07:3:00", "07:32:00.", "24:00:00",
        "07:60:00", "07:32:61", "07:32:00Z", "07:32:00+01:00", "07", "T07:32", "07:32:00..5",
        "07:32:0", "1979-W01-1", "1979-05-27T07:32:00 Z", "1979-05-27 07", "1_979-05-27",
    ])
    func `a date or time that is not one is refused`(text: String) throws {
        let error = refusal("v = " + text)
        // Two digits alone are a number with a leading zero: refused all the same.
        #expect(error != nil, "\(text) was read")
    }

    @Test func `a message never repeats a value whose quotes were forgotten`() throws {
        for text in [
            "sk-lm-secret", "1234-secret", "12:secret", "1979-secret", "secret", "9secret",
        ] {
            let error = try #require(refusal("api_key = " + text))
            #expect(!error.message.contains("secret"))
            #expect(error.position == TOMLPosition(line: 1, column: 11))
        }
    }
}
