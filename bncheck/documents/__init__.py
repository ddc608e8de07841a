"""One model of a document, many renderers.

model     what a document is made of
theorems  makes documents out of theorems
text, markdown, latex    render a document; each has ``render(document) -> str``
"""
