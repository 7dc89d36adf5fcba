//! Radicals and strokes, and the ideographs that they look like (Unicode 14, EquivalentUnifiedIdeograph.txt).

/// The ideograph that a radical or stroke looks like; any other character stays as it is.
pub fn unified(c: char) -> char {
    if !matches!(c, '\u{2E80}'..='\u{2FD5}' | '\u{31C0}'..='\u{31E1}') {
        return c;
    }
    RUNS.iter().find_map(|(first, run)| run.chars().nth(u32::from(c).checked_sub(u32::from(*first))? as usize)).unwrap_or(c)
}

/// Where a run begins, and what stands for each of its characters; one without a twin stands for itself.
const RUNS: &[(char, &str)] = &[
    (
        '\u{2E80}',
        "⺀厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵⺚旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓\
         罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨\
         鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
    ),
    (
        '\u{2F00}',
        "一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾\
         干幺广廴廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生\
         用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷\
         豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門阜隶隹雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻\
         黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠",
    ),
    ('\u{31C0}', "㇀㇁㇂㇃㇄㇅𠃌㇇㇈㇉㇊㇋㇌㇍㇎乀一丨丿丿丶𠃍乛𠃊𠃎𠄌亅𡿨𠃋乀𠃑乚乙𠄎"),
];
