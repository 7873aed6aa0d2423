"""Drawings of logs and sections as SVG, in either language."""

from collections.abc import Iterator

from lodebase.topics.drilling.grades import GradedInterval
from lodebase.topics.drilling.log import DrillLog
from lodebase.topics.drilling.section import DrillSection, SectionHole, SectionInterval
from lodebase.topics.drilling.svg import (
    CLASS_COLOURS,
    ROCK_COLOURS,
    build_svg_drawing,
    choose_even_step,
    draw_svg_box,
    draw_svg_path,
    draw_svg_rule,
    label,
    list_even_ticks,
    number_text,
)
from lodebase.typesetting.raster import render_png
from lodedata.messages import Message, msg

LOG_WIDTH, LOG_TOP = 440, 58
ROCK_LEFT, ROCK_WIDTH = 46, 62
GRADE_LEFT, GRADE_WIDTH = 122, 170
CUT_LEFT, CUT_WIDTH = 306, 120
SECTION_WIDTH, SECTION_LEFT, SECTION_RIGHT, SECTION_TOP = 920, 66, 24, 64
LEGEND_HEIGHT, AXIS_HEIGHT = 64, 56
MAX_DRAWN_HEIGHT = 1_400
NAME_HEIGHT = 24
MAX_ROCK_LENGTH = 9
NO_SURVEY_DASH = "5 3"
_SIGNS = {"below": "<", "at-most": "≤", "above": ">", "at-least": "≥", "about": "≈"}


def log_file(log: DrillLog, language: str) -> bytes:
    """Return the drawing of a log as a file."""
    return draw_log(log, language, is_file=True).encode()


def draw_section_file(section: DrillSection, language: str) -> bytes:
    """Return the drawing of a section as a file."""
    return draw_section(section, language, is_file=True).encode()


def render_log(log: DrillLog, language: str) -> bytes:
    """Return the drawing of a log as PNG."""
    return render_png(draw_log(log, language, is_file=True), LOG_WIDTH)


def render_section(section: DrillSection, language: str) -> bytes:
    """Return the drawing of a section as PNG."""
    return render_png(draw_section(section, language, is_file=True), SECTION_WIDTH)


def format_grade_text(interval: GradedInterval | SectionInterval) -> str:
    """Return the grade of an interval with its sign, a dash for an unknown one."""
    value = interval.grade if interval.grade is not None else interval.limit
    return "–" if value is None else f"{_SIGNS.get(interval.qualifier or '', '')}{number_text(value)}"


def draw_log(log: DrillLog, language: str, is_file: bool = False) -> str:
    """Return the log of a hole downward: depth, rock, grades as bars, composites."""
    height = min(max(log.end_m * 2.2, 320), 1_000)
    scale = height / log.end_m if log.end_m else 1.0
    parts = [*_log_axis(log, language, scale), *_log_rock(log, language, scale), *_log_grades(log, language, scale)]
    parts += _log_composites(log, language, scale)
    title = msg("Log of %(hole)s", hole=log.hole_id).in_language(language)
    return build_svg_drawing(
        LOG_WIDTH, LOG_TOP + height + 16, title, [label(6, 18, title, size=14, bold=True), *parts], is_file
    )


def _draw_head(text: Message, x: float, language: str) -> str:
    return label(x, LOG_TOP - 24, text.in_language(language), size=11)


def _log_axis(log: DrillLog, language: str, scale: float) -> Iterator[str]:
    yield label(2, LOG_TOP - 8, msg("Depth (m)").in_language(language), size=11)
    yield draw_svg_rule(ROCK_LEFT - 6, LOG_TOP, ROCK_LEFT - 6, LOG_TOP + log.end_m * scale)
    for depth in list_even_ticks(0, log.end_m, 12):
        y = LOG_TOP + depth * scale
        yield draw_svg_rule(ROCK_LEFT - 11, y, ROCK_LEFT - 6, y)
        yield label(ROCK_LEFT - 13, y + 4, number_text(depth), "end", 11)


def _log_rock(log: DrillLog, language: str, scale: float) -> Iterator[str]:
    yield _draw_head(msg("Rock"), ROCK_LEFT, language)
    names = list(dict.fromkeys(rock_interval.lithology_code or rock_interval.lithology or "" for rock_interval in log.rock))
    for rock_interval in log.rock:
        name = rock_interval.lithology_code or rock_interval.lithology or ""
        y, height = LOG_TOP + rock_interval.from_m * scale, (rock_interval.to_m - rock_interval.from_m) * scale
        title = f"{rock_interval.from_m:g}–{rock_interval.to_m:g} m: {rock_interval.lithology or name}"
        yield draw_svg_box(ROCK_LEFT, y, ROCK_WIDTH, height, ROCK_COLOURS[names.index(name) % len(ROCK_COLOURS)], title)
        if height > 13:
            shown = name if len(name) <= MAX_ROCK_LENGTH else f"{name[: MAX_ROCK_LENGTH - 1]}…"
            yield f'<g color="#1f2328" fill="currentColor">{label(ROCK_LEFT + 4, y + height / 2 + 4, shown, size=11)}</g>'


def _log_grades(log: DrillLog, language: str, scale: float) -> Iterator[str]:
    if log.analyte is None or log.unit is None:
        yield _draw_head(msg("No grades"), GRADE_LEFT, language)
        return
    yield label(GRADE_LEFT, LOG_TOP - 24, f"{log.analyte} ({log.unit})", size=11)
    largest = max([interval.grade or interval.limit or 0.0 for interval in log.intervals] + [log.cutoff or 0.0]) or 1.0
    width = GRADE_WIDTH / largest
    for grade in list_even_ticks(0, largest, 4):
        x = GRADE_LEFT + grade * width
        yield draw_svg_rule(x, LOG_TOP, x, LOG_TOP + log.end_m * scale, 0.15)
        yield label(x, LOG_TOP - 6, number_text(grade), "middle", 10)
    for interval in log.intervals:
        y, height = LOG_TOP + interval.from_m * scale, (interval.to_m - interval.from_m) * scale
        title = f"{interval.from_m:g}–{interval.to_m:g} m: {format_grade_text(interval)} {log.unit}"
        if interval.grade is not None:
            yield draw_svg_box(
                GRADE_LEFT, y, interval.grade * width, height, "#8a5a44" if interval.overlaps else "#3b7ea1", title
            )
        elif interval.limit is not None:
            yield draw_svg_box(GRADE_LEFT, y, interval.limit * width, height, "currentColor", title, fill=False)
    if log.cutoff is not None:
        x = GRADE_LEFT + log.cutoff * width
        yield draw_svg_rule(x, LOG_TOP, x, LOG_TOP + log.end_m * scale, 1.0, "4 3")


def _log_composites(log: DrillLog, language: str, scale: float) -> Iterator[str]:
    yield _draw_head(msg("Composites"), CUT_LEFT, language)
    if log.cutoff is None:
        yield label(CUT_LEFT, LOG_TOP + 14, msg("enter a cut-off").in_language(language), size=11)
    for intercept in log.intercepts:
        y, height = LOG_TOP + intercept.from_m * scale, intercept.length_m * scale
        text = f"{intercept.length_m:.4g} m @ {intercept.grade:.3g} {intercept.unit}"
        yield draw_svg_box(CUT_LEFT, y, 8, height, "#a8232a", f"{intercept.from_m:g}–{intercept.to_m:g} m: {text}")
        if height > 11:
            yield label(CUT_LEFT + 12, y + height / 2 + 4, text, size=10)


def draw_section(section: DrillSection, language: str, is_file: bool = False) -> str:
    """Return a section with traces, grades as colours, legend, scale, vertical exaggeration and the ends of its line."""
    frame = _Frame(section)
    parts = [
        *_draw_axes(section, frame, language),
        *(_draw_interval(interval, frame) for interval in section.intervals),
        # above the grades, which would cover the dashes
        *(part for hole in section.holes for part in _draw_hole(hole, frame)),
        *(label(frame.x(hole.along_m), frame.y(hole.elevation_m) - 6, hole.hole_id, "middle", 11) for hole in section.holes),
        *_draw_ends(section, frame, language),
        *_draw_legend(section, frame, language),
    ]
    title = msg("Section through drill holes").in_language(language)
    return build_svg_drawing(SECTION_WIDTH, frame.bottom + AXIS_HEIGHT + LEGEND_HEIGHT, title, parts, is_file)


class _Frame:
    """The scales of a section: pixels of metres along the line and of elevations."""

    def __init__(self, section: DrillSection) -> None:
        elevations = [point.elevation_m for hole in section.holes for part in hole.parts for point in part]
        elevations += [hole.elevation_m for hole in section.holes]
        low, high = (min(elevations), max(elevations)) if elevations else (0.0, section.length_m / 4)
        margin = max((high - low) * 0.06, 5.0)
        across = (SECTION_WIDTH - SECTION_LEFT - SECTION_RIGHT) / section.length_m
        # names of holes are above their collars
        self.low, self.high = low - margin, high + max(margin, NAME_HEIGHT / (across * section.exaggeration))
        height = (self.high - self.low) * across * section.exaggeration
        self.scale = across if height <= MAX_DRAWN_HEIGHT else across * MAX_DRAWN_HEIGHT / height
        self.exaggeration = section.exaggeration
        self.right = SECTION_LEFT + section.length_m * self.scale
        self.bottom = SECTION_TOP + (self.high - self.low) * self.scale * section.exaggeration

    def x(self, along_m: float) -> float:
        """Return the horizontal place of a distance along the line."""
        return SECTION_LEFT + along_m * self.scale

    def y(self, elevation_m: float) -> float:
        """Return the vertical place of an elevation."""
        return SECTION_TOP + (self.high - elevation_m) * self.scale * self.exaggeration


def _draw_axes(section: DrillSection, frame: _Frame, language: str) -> Iterator[str]:
    yield draw_svg_box(
        SECTION_LEFT, SECTION_TOP, frame.right - SECTION_LEFT, frame.bottom - SECTION_TOP, "currentColor", fill=False
    )
    for elevation in list_even_ticks(frame.low, frame.high, max(int((frame.bottom - SECTION_TOP) / 32), 2)):
        y = frame.y(elevation)
        yield draw_svg_rule(SECTION_LEFT, y, frame.right, y, 0.15)
        yield label(SECTION_LEFT - 6, y + 4, number_text(elevation), "end", 11)
    for along in list_even_ticks(0, section.length_m, 10):
        x = frame.x(along)
        yield draw_svg_rule(x, frame.bottom, x, frame.bottom + 5)
        yield label(x, frame.bottom + 18, number_text(along), "middle", 11)
    yield label(6, SECTION_TOP - 8, msg("Elevation (m)").in_language(language), size=11)
    middle = (SECTION_LEFT + frame.right) / 2
    yield label(middle, frame.bottom + 34, msg("Distance along the line (m)").in_language(language), "middle", 11)


def _draw_ends(section: DrillSection, frame: _Frame, language: str) -> Iterator[str]:
    yield label(SECTION_LEFT, 18, "A", bold=True, size=14)
    yield label(SECTION_LEFT, 34, f"{section.from_lon:.5f}, {section.from_lat:.5f}", size=11)
    yield label(frame.right, 18, "A′", "end", bold=True, size=14)
    yield label(frame.right, 34, f"{section.to_lon:.5f}, {section.to_lat:.5f}", "end", size=11)
    text = msg(
        "azimuth %(azimuth)s°, width %(width)s m, vertical exaggeration %(exaggeration)s×",
        azimuth=f"{section.azimuth_deg:.0f}",
        width=number_text(section.width_m),
        exaggeration=f"{section.exaggeration:g}",
    )
    yield label((SECTION_LEFT + frame.right) / 2, 18, text.in_language(language), "middle", 11)


def _draw_hole(hole: SectionHole, frame: _Frame) -> Iterator[str]:
    dash = "" if _is_surveyed(hole) else NO_SURVEY_DASH
    for part in hole.parts:
        yield draw_svg_path(
            [(frame.x(point.along_m), frame.y(point.elevation_m)) for point in part], "currentColor", 1, "", dash
        )


def _is_surveyed(hole: SectionHole) -> bool:
    return hole.trace_basis == "survey"


def _draw_interval(section_interval: SectionInterval, frame: _Frame) -> str:
    ends = [
        (frame.x(section_interval.from_along_m), frame.y(section_interval.from_elevation_m)),
        (frame.x(section_interval.to_along_m), frame.y(section_interval.to_elevation_m)),
    ]
    depths = f"{section_interval.from_m:g}–{section_interval.to_m:g} m"
    title = f"{section_interval.hole_id} {depths}: {format_grade_text(section_interval)} {section_interval.unit}"
    if section_interval.grade_class is None:
        return draw_svg_path(ends, "currentColor", 3, title, "1 3")
    return draw_svg_path(ends, CLASS_COLOURS[section_interval.grade_class], 7, title)


def _draw_legend(section: DrillSection, frame: _Frame, language: str) -> Iterator[str]:
    y = frame.bottom + AXIS_HEIGHT + 14
    step = choose_even_step(section.length_m, 5)
    yield draw_svg_rule(SECTION_LEFT, y, SECTION_LEFT + step * frame.scale, y)
    for x in (SECTION_LEFT, SECTION_LEFT + step * frame.scale):
        yield draw_svg_rule(x, y - 4, x, y + 4)
    yield label(SECTION_LEFT + step * frame.scale + 6, y + 4, f"{number_text(step)} m", size=11)
    if section.analyte is None:
        yield label(SECTION_LEFT, y + 30, msg("No grades").in_language(language), size=11)
        return
    x, y = float(SECTION_LEFT), y + 30
    heading = f"{section.analyte} ({section.unit})"
    yield label(x, y + 4, heading, size=11, bold=True)
    x += 12 + 7.5 * len(heading)
    for at in range(len(section.breaks) + 1):
        text = format_class_bounds(section.breaks, at)
        yield draw_svg_box(x, y - 7, 16, 12, CLASS_COLOURS[at])
        yield label(x + 20, y + 4, text, size=11)
        x += 34 + 7 * len(text)
    unknown = msg("grade not known").in_language(language)
    yield draw_svg_path([(x, y - 1), (x + 16, y - 1)], "currentColor", 3, "", "1 3")
    yield label(x + 20, y + 4, unknown, size=11)
    if not all(map(_is_surveyed, section.holes)):
        x += 34 + 7 * len(unknown)
        yield draw_svg_path([(x, y - 1), (x + 16, y - 1)], "currentColor", 1, "", NO_SURVEY_DASH)
        yield label(x + 20, y + 4, msg("no survey: straight line").in_language(language), size=11)


def format_class_bounds(breaks: tuple[float, ...], at: int) -> str:
    """Return the bounds of a class of grades."""
    if not breaks:
        return "≥ 0"
    if at == 0:
        return f"< {number_text(breaks[0])}"
    return f"≥ {number_text(breaks[-1])}" if at == len(breaks) else f"{number_text(breaks[at - 1])}–{number_text(breaks[at])}"
