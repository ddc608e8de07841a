"""Renderers of a document, one for each format, and what they share.

text, markdown, latex, typst, pdf, html, notebook   each has ``render(document)``
numbering    numbers of headings and equations, and cross-references: the same in each format
characters, escaped_latex, escaped_markdown   what text becomes, so that none of it is markup
formulas, measuring, columns   formulas as renderers ask for them, and widths
"""
