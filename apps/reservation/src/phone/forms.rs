//! How a country writes its own numbers, where that is certain: by what a number begins with and how long it is.
//! Facts of the countries' numbering plans, no more of them than people call from.

/// A country's ways of writing: what a number begins with behind the country's code (one of these; nothing: whatever
/// it begins with), and the number as it is written, an X for each digit of it. Digits before the first X are dialled
/// inside the country alone. The first that fits counts.
pub(super) type Forms = &'static [(&'static str, &'static str)];

/// Area codes of two digits behind the 0, where no longer one begins alike.
const JAPAN_TWO: &str = "11 177 188 196 199 221 222 227 230 231 232 236 239 245 249 251 252 253 262 271 272 273 275 281 286 \
    290 292 298 421 423 424 425 426 427 430 431 432 433 434 435 437 44 45 462 464 468 472 473 474 477 481 482 483 484 485 \
    486 487 488 489 492 52 530 534 535 540 541 542 543 546 549 552 559 580 582 583 588 589 590 591 592 593 720 722 723 724 \
    726 727 728 729 734 75 760 762 764 769 775 777 78 792 793 821 822 825 828 832 849 860 861 862 864 870 871 872 873 874 \
    876 878 886 888 890 891 899 921 922 923 924 925 926 927 928 929 93 941 945 951 953 958 961 962 963 971 975 976 981 988 \
    989 992 998 999";
/// Beginnings under which area codes of several lengths lie.
const JAPAN_EITHER: &str = "126 137 139 145 146 154 155 156 158 163 164 165 223 250 254 255 256 257 258 264 278 283 289 291 \
    293 422 428 429 470 475 479 499 539 576 597 598 599 746 794 795 796 824 829 836 837 838 839 847 851 863 865 866 868 869 \
    980 991 993 994 996";

/// The ways of a country, by its code; none where nothing is certain.
pub(super) fn of(code: &str) -> Forms {
    match code {
        "1" => &[("", "(XXX) XXX-XXXX")],
        "7" => &[("", "8 (XXX) XXX-XX-XX")],
        "20" => &[("10 11 12 15", "0XXX XXX XXXX"), ("2", "0X XXXXXXXX")],
        "27" | "971" | "966" => &[("", "0XX XXX XXXX"), ("2 3 4 6 7 9", "0X XXX XXXX")],
        "30" => &[("21", "XX XXXX XXXX"), ("69", "XXX XXX XXXX")],
        "31" => &[
            ("6", "0X XXXXXXXX"),
            ("10 13 15 2 30 33 35 36 38 4 50 53 55 58 7", "0XX XXX XXXX"),
            ("", "0XXX XXXXXX"),
        ],
        "32" => &[("4", "0XXX XX XX XX"), ("2 3 9", "0X XXX XX XX"), ("", "0XX XX XX XX")],
        "33" => &[("", "0X XX XX XX XX")],
        "34" => &[("", "XXX XX XX XX")],
        "36" => &[("1", "06 X XXX XXXX"), ("", "06 XX XXX XXX"), ("", "06 XX XXX XXXX")],
        "39" => &[("3", "XXX XXX XXXX"), ("02 06", "XX XXXX XXXX")],
        "40" => &[("2 3", "0XX XXX XXXX"), ("7", "0XXX XXX XXX")],
        "41" => &[("", "0XX XXX XX XX")],
        "43" => &[
            ("6", "0XXX XXXXXX"),
            ("6", "0XXX XXXXXXX"),
            ("6", "0XXX XXXXXXXX"),
            ("1", "0X XXXXXXX"),
        ],
        "44" => &[
            ("7", "0XXXX XXXXXX"),
            ("2", "0XX XXXX XXXX"),
            ("11 121 131 141 151 161 171 181 191 3 8", "0XXX XXX XXXX"),
            ("1", "0XXXX XXXXXX"),
        ],
        "45" => &[("", "XX XX XX XX")],
        "46" => &[
            ("7", "0XX-XXX XX XX"),
            ("8", "0X-XXX XXX XX"),
            ("8", "0X-XXX XX XX"),
            ("8", "0X-XX XX XX"),
        ],
        "47" => &[("4 9", "XXX XX XXX"), ("2 3 5 6 7", "XX XX XX XX")],
        "48" => &[("45 50 51 53 57 60 66 69 72 73 78 79 88", "XXX XXX XXX"), ("", "XX XXX XX XX")],
        "49" => &[
            ("15", "0XXXX XXXXXXX"),
            ("16 17", "0XXX XXXXXXX"),
            ("16 17", "0XXX XXXXXXXX"),
            ("30 40 69 89", "0XX XXXXXXX"),
            ("30 40 69 89", "0XX XXXXXXXX"),
        ],
        "51" => &[("9", "XXX XXX XXX"), ("1", "(0X) XXXXXXX")],
        "52" => &[("33 55 56 81", "XX XXXX XXXX"), ("", "XXX XXX XXXX")],
        "54" => &[("11", "0XX XXXX-XXXX")],
        "55" => &[("", "(XX) XXXXX-XXXX"), ("", "(XX) XXXX-XXXX")],
        "56" => &[("2 9", "X XXXX XXXX")],
        "57" => &[("3", "XXX XXXXXXX"), ("60", "(XXX) XXXXXXX")],
        "60" => &[
            ("1", "0XX-XXX XXXX"),
            ("1", "0XX-XXXX XXXX"),
            ("3", "0X-XXXX XXXX"),
            ("4 5 6 7 9", "0X-XXX XXXX"),
        ],
        "61" => &[("4", "0XXX XXX XXX"), ("2 3 7 8", "(0X) XXXX XXXX")],
        "62" => &[
            ("8", "0XXX-XXX-XXX"),
            ("8", "0XXX-XXXX-XXX"),
            ("8", "0XXX-XXXX-XXXX"),
            ("21 22 24 31 61", "(0XX) XXXXXXX"),
            ("21 22 24 31 61", "(0XX) XXXXXXXX"),
        ],
        "63" => &[("9", "0XXX XXX XXXX"), ("2", "(0X) XXXX XXXX")],
        "64" => &[
            ("2", "0XX XXX XXX"),
            ("2", "0XX XXX XXXX"),
            ("2", "0XX XXXX XXXX"),
            ("3 4 6 7 9", "0X-XXX XXXX"),
        ],
        "65" | "852" | "853" | "976" => &[("", "XXXX XXXX")],
        "66" => &[("6 8 9", "0XX XXX XXXX"), ("2", "0X XXX XXXX"), ("3 4 5 7", "0XX XXX XXX")],
        "81" => &[
            ("20 50 60 70 80 90", "0XX-XXXX-XXXX"),
            ("800", "0XXX-XXX-XXXX"),
            ("120 570", "0XXX-XXX-XXX"),
            (JAPAN_TWO, "0XX-XXX-XXXX"),
            (JAPAN_EITHER, "0XXXXXXXXX"),
            ("420 471 3 6", "0X-XXXX-XXXX"),
            ("1 2 4 5 7 8 9", "0XXX-XX-XXXX"),
        ],
        "82" => &[
            ("2", "0X-XXX-XXXX"),
            ("2", "0X-XXXX-XXXX"),
            ("", "0XX-XXX-XXXX"),
            ("", "0XX-XXXX-XXXX"),
        ],
        "84" => &[("3 5 7 8 9", "0XX XXX XX XX"), ("24 28", "0XX XXXX XXXX")],
        "86" => &[
            ("10 2", "0XX XXXX XXXX"),
            ("1", "XXX XXXX XXXX"),
            ("3 4 5 6 7 8 9", "0XXX XXXX XXXX"),
            ("3 4 5 6 7 8 9", "0XXX XXX XXXX"),
        ],
        "90" => &[("5", "0XXX XXX XX XX"), ("2 3 4", "(0XXX) XXX XX XX")],
        "91" => &[("11 22 33 44", "0XX XXXX XXXX"), ("6 7 8 9", "0XXXXX XXXXX")],
        "94" => &[("7", "0XX XXX XXXX")],
        "254" => &[("1 7", "0XXX XXXXXX")],
        "351" | "420" => &[("", "XXX XXX XXX")],
        "352" => &[("6", "XXX XXX XXX")],
        "353" => &[("8", "0XX XXX XXXX"), ("1", "(0X) XXX XXXX")],
        "354" => &[("", "XXX XXXX")],
        "358" => &[("4 50", "0XX XXXXXXX"), ("9", "0X XXXXXX"), ("9", "0X XXXXXXX")],
        "372" => &[("5", "XXXX XXXX"), ("", "XXX XXXX")],
        "380" => &[("", "0XX XXX XXXX")],
        "385" => &[("9", "0XX XXX XXX"), ("9", "0XX XXX XXXX"), ("1", "0X XXXX XXX")],
        "855" => &[("", "0XX XXX XXX"), ("", "0XX XXX XXXX")],
        "886" => &[("9", "0XXX XXX XXX"), ("2", "0X XXXX XXXX"), ("3 4 5 6 7 8", "0X XXX XXXX")],
        "972" => &[("5 7", "0XX-XXX-XXXX"), ("2 3 4 8 9", "0X-XXX-XXXX")],
        "977" => &[("9", "XXX-XXXXXXX"), ("1", "0X-XXXXXXX")],
        _ => &[],
    }
}
