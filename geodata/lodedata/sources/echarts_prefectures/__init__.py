"""The source echarts-prefectures."""
