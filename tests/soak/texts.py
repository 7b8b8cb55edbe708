"""Invented news: every item has a token of its own in its title, every article a marker in its text."""

import string

DISTRICTS = {"dong": "东岸区", "xi": "西岭区", "nan": "南洲区"}
TOPICS = {"chip": "芯片", "bio": "医药", "port": "港口", "film": "影视"}

TOKEN = rb"K[A-Z]{6}"
MARKER_BEGIN = "稿源"
MARKER_SIZE = 6

# Characters that stand nowhere else in what is written here.
_RARE = "璎珞琮琥瑾瑜璇玑琬琰瑶琳珩珺璟瑄麒麟鹭鸶鲲鹏螭蛟"
WORDS = (
    "项目 签约 落地 启动 开工 投产 扩建 改造 搬迁 论坛 展览 大会 协议 基金 平台 中心 园区 厂房 楼宇 街道 "
    "企业 总部 团队 专家 院士 青年 居民 学校 社区 车站 河岸 桥梁 公园 仓库 码头 商场 夜市 旧厂 新村 样板 "
    "首批 二期 三期 年内 月底 上午 昨天 今年 目前 此前 预计 计划 正在 已经 将要 可以 需要 希望 认为 表示 "
    "推进 提升 增加 减少 覆盖 连接 服务 支持 引进 培育 建设 运营 管理 研究 测试 发布 公布 举行 参观 考察 "
    "设备 材料 模型 数据 软件 仪器 样品 订单 合同 投资 产值 税收 岗位 租金 补贴 政策 细则 窗口 流程 标准 "
    "重点 关键 明显 稳定 快速 逐步 全面 持续 初步 长期 绿色 数字 智能 共享 开放 便捷 安全 高端 低碳 传统 "
    "银杏 梧桐 芦苇 白鹭 石桥 灯塔 钟楼 书店 茶馆 面馆 剧场 画廊 球场 泳池 步道 凉亭 码表 铁轨 岔口 隧道 "
    "清晨 黄昏 雨后 春季 夏季 秋季 冬季 周末 假日 深夜 正午 午后 傍晚 月初 年初 岁末 上旬 中旬 下旬 节前"
).split()


def token(random):
    return "K" + "".join(random.choices(string.ascii_uppercase, k=6))


def marker(random):
    return MARKER_BEGIN + "".join(random.choices(_RARE, k=MARKER_SIZE))


def sentence(random, *names):
    words = random.choices(WORDS, k=random.randint(9, 16))
    for name in names:
        words.insert(random.randrange(len(words)), name)
    return "".join(words) + "。"


def title(random, token_text, district, topic):
    words = random.choices(WORDS, k=random.randint(3, 5))
    words.insert(random.randrange(len(words)), DISTRICTS[district])
    words.insert(random.randrange(len(words)), TOPICS[topic])
    return "".join(words) + token_text


def body(random, district, topic):
    sentences = [sentence(random) for _ in range(random.randint(7, 12))]
    sentences[0] = sentence(random, DISTRICTS[district], TOPICS[topic])
    sentences[2] = sentence(random, DISTRICTS[district])
    sentences[3] = sentence(random, TOPICS[topic])
    return sentences
