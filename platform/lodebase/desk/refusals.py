"""What the desk says to what it can't take, in both languages."""

from collections.abc import Mapping


class Said(str):
    """A sentence in English that knows itself in Chinese, for a page in either language."""

    __slots__ = ("zh",)
    zh: str

    def __new__(cls, en: str, zh: str) -> "Said":
        """The sentence in English, with the one in Chinese beside it."""
        made = super().__new__(cls, en)
        made.zh = zh
        return made


SENTENCES: Mapping[str, tuple[str, str]] = {
    "no-judgement": ("there is no judgement {name}", "没有判定 {name}"),
    "no-pair": ("there is no pair of {a!r} and {b!r}", "没有由 {a!r} 与 {b!r} 组成的记录对"),
    "no-record": ("there is no record {name!r}", "没有记录 {name!r}"),
    "no-proposal": ("there is no proposal {name}", "没有编号为 {name} 的数值提议"),
    "no-report": ("there is no report {name}", "没有编号为 {name} 的报告"),
    "stands-alone": ("no records are served as one with {name!r}", "没有与 {name!r} 合并提供的记录"),
    "stands-no-more": (
        "stands no more; a later one or an undoing came after it",
        "该判定已不再有效：其后已有新的判定或撤回",
    ),
    "none-of": ("is none of {among}", "不在可选项之中：{among}"),
    "relation": ("a linked pair tells how: {among}; others tell none", "判为关联的记录对须说明关系：{among}；其他判定则不填"),
    "same-row": ("names the same row twice", "两次指向同一来源记录"),
    "too-long": ("is longer than {longest} characters", "超过 {longest} 个字符"),
    "length": ("takes {shortest} to {longest} characters", "须为 {shortest} 至 {longest} 个字符"),
    "wait": ("Too many tries to sign in; wait {minutes} minutes and try again.", "登录尝试过多，请等待 {minutes} 分钟后再试。"),
    "many-reports": ("Too many reports were sent today; try again tomorrow.", "今日报告过多，请明日再试。"),
    "unknown-host": (
        "The site is not served under the host name of this request. "
        "Its operator sets the names with LODE_URL and LODE_ALLOWED_HOSTS.",
        "本站不以此请求中的主机名提供服务。运维人员可通过 LODE_URL 与 LODE_ALLOWED_HOSTS 设置主机名。",
    ),
    "client-overloaded": (
        "This client has as many requests under way and waiting as one client may have; send fewer at a time.",
        "该客户端正在处理和等待的请求已达单一客户端上限；请减少同时发送的请求。",
    ),
    "quota": ("takes a whole number from 1 to {most}, or nothing", "须为 1 至 {most} 的整数，或留空"),
    "no-api-key": ("there is no API key {number}", "没有编号为 {number} 的 API 密钥"),
    "bad-api-key": (
        "The API key in the header X-API-Key does not exist or was revoked. Leave the header out, or ask the operator of "
        "this site for a new key.",
        "请求头 X-API-Key 中的 API 密钥不存在或已被撤销。请去掉该请求头，或向本站运维人员申请新密钥。",
    ),
    "rate-limited": (
        "The limit of {most} requests in {window} seconds is used up; it is renewed in {wait} seconds.",
        "每 {window} 秒 {most} 次请求的限额已用完，{wait} 秒后恢复。",
    ),
    "not-given": ("is none that a person gives a value for", "该属性不能由人给出数值"),
    "no-term": ("is no term of the vocabulary {vocabulary}", "不是词表 {vocabulary} 中的词"),
    "with-source": (
        "takes 1 to {longest} characters: no value without its source and a reason",
        "须为 1 至 {longest} 个字符：每个数值都须注明来源与理由",
    ),
    "cant-follow": ("can't follow on {state}", "当前状态为 {state}，不能如此处理"),
    "say-why": ("say why", "请说明理由"),
    "say-why-to-sender": ("say why, in words for whoever sent the report", "请向报告人说明理由"),
    "no-number": ("is no number", "不是数字"),
    "number-not-possible": ("is no number that this field can have", "该属性不能取此数值"),
    "year-to-come": ("is a year that is yet to come", "年份尚未到来"),
    "no-date": ("is no date; write 2019, 2019-05 or 2019-05-31", "不是日期；应写作 2019、2019-05 或 2019-05-31"),
    "no-position": (
        "is no position; write longitude, latitude such as 121.37, -2.53",
        "不是位置；应写作“经度, 纬度”，如 121.37, -2.53",
    ),
    "outside-the-world": ("lies outside the world; longitude comes first", "超出地球范围；经度在前"),
    "sign-in-first": ("Sign in first; only who is signed in may write.", "请先登录；登录后方可写入。"),
    "provider-away": (
        "The sign-in provider does not answer; try again in a moment.",
        "身份提供方没有应答，请稍后再试。",
    ),
    "provider-busy": ("Too many people sign in at once; try again in a moment.", "同时登录的人过多，请稍后再试。"),
    "provider-wrong": (
        "The sign-in provider's answer can't be trusted: {why}. Nobody was signed in. Sign in anew; if it happens again, "
        "tell whoever runs this site.",
        "身份提供方的应答不可信：{why_zh}。未登录任何账号。请重新登录；如仍出现，请告知本站运行者。",
    ),
    "why-iss": ("it is of another provider", "应答来自其他提供方"),
    "why-aud": ("it is meant for another site", "应答并非发给本站"),
    "why-exp": ("it has expired", "应答已过期"),
    "why-nonce": ("it is not the answer to this sign-in", "应答与本次登录不符"),
    "why-signature": ("none of the provider's keys signed it", "签名并非出自提供方的密钥"),
    "why-refused": ("it refused the code that it had sent", "提供方拒绝了其发出的授权码"),
    "why-form": ("it is not what the protocol asks for", "应答不符合协议"),
    "provider-declined": (
        "The sign-in provider did not sign you in ({error}).",
        "身份提供方未允许登录（{error}）。",
    ),
    "begin-anew": (
        "This sign-in was begun elsewhere, is over, or took too long; sign in anew.",
        "此次登录并非由本浏览器发起、已经结束或耗时过长；请重新登录。",
    ),
    "not-verified": (
        "The sign-in provider tells no mail address of yours that it has verified, so it can't name an account here.",
        "身份提供方未给出经其验证的邮箱地址，因此无法对应本站账号。",
    ),
    "no-account": (
        "No account here may be opened by {subject}. An administrator of this site has to make it first; tell them that name.",
        "本站没有可由 {subject} 打开的账号。须先由本站管理员建立；请将此名称告知管理员。",
    ),
    "no-passwords": ("No passwords are taken here; sign in by the provider.", "本站不使用密码登录；请通过身份提供方登录。"),
    "wrong-code": (
        "The code is not right, or was used already. Wait for the next one, go back and enter that.",
        "验证码不正确或已使用过。请等待下一个验证码，返回后再输入。",
    ),
    "form-expired": (
        "The form is not of this session, or its session has ended; go back, load the page anew and send it again.",
        "该表单不属于当前会话或会话已结束；请返回、重新载入页面后再提交。",
    ),
    "no-moment": (
        "is no date or time; write 2026-11-28 or 2026-11-28T06:30:00+00:00",
        "不是日期或时间；应写作 2026-11-28 或 2026-11-28T06:30:00+00:00",
    ),
    "no-session": ("there is no open session {number}", "没有编号为 {number} 的有效会话"),
    "no-second-factor": ("{name} has no second factor", "账号 {name} 未启用双因素认证"),
    "password-length": (
        "has {length} characters; use {shortest} to {longest}",
        "有 {length} 个字符；请使用 {shortest} 至 {longest} 个字符",
    ),
    "password-common": (
        "is too easy to guess: it is a common password, or made of common words, dates, keyboard rows, the account's name or "
        "the site's name; use several unrelated words, or one that a password manager makes",
        "过于容易猜测：它是常见密码，或由常用词、日期、键盘顺序、账号名或网站名组成；请使用几个互不相关的词，或由密码管理器生成",
    ),
    "second-factor-first": (
        "Your account needs a second factor; finish signing in first.",
        "您的账号须使用双因素认证，请先完成登录。",
    ),
    "for-role": ("This is for {wanted}s; {name} is {role}.", "此处须有 {wanted_zh} 权限；{name} 为 {role_zh}。"),
    "nul": ("holds a NUL character", "含有 NUL 字符"),
    "no-person": ("This was not written by a person.", "此内容并非由人填写。"),
    "not-served": ("is no record that is served here", "此处没有该记录"),
    "area-from-its-page": (
        "A page of another site may not send files here. Open the map of this site and add the area there.",
        "其他网站的页面不能向本站提交文件，请在本站地图上添加范围。",
    ),
    "from-its-page": ("Reports are sent from the page of the record.", "请从记录页面发送报告。"),
    "kept-from-its-page": ("Reports are kept from the page of the layout check.", "请从布局检查页面保存报告。"),
}
"""By a name of ours; ``{...}`` are filled in."""
ROLES_ZH: Mapping[str, str] = {"contributor": "贡献者", "expert": "专家", "administrator": "管理员"}


def sentence(code: str, **values: object) -> Said:
    """A sentence with its values."""
    en, zh = SENTENCES[code]
    return Said(en.format(**values), zh.format(**values))
