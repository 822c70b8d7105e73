"""What an article says: authorities, companies, ties, stage, theories, topics, sums, cases, deadlines.

How the rule engine uses this (one automaton pass for lexicon and rules together):

    lexicon = load_lexicon(directory / "lexicon")
    book = PhraseBook()
    recogniser = Recogniser(lexicon, book)       # adds the lexicon's phrases to the book
    number = book.add("merger inquiry")          # and the rules add theirs
    index = book.build()
    document = Document.of(title=…, summary=…, body=…, url=…, language=…)
    found = index.find(document)                 # {number: [(first token, past last token), …]}
    facts = recogniser.read(document, found, authority="cma")   # authority of an official feed, or None

For the rule language: `regulator`, `company` (id or group: `lexicon.companies_of("cloud")`), `tie` (facts.ties),
`stage`, `theory`, `topic` (facts.topics), `subject: ai-tie` (facts.subjects) and
`scrutiny: {by: cma | [..] | any, of: ai-tie | [..] | any}` (any pair of facts.scrutiny whose first is in `by`
and whose second is in `of`). Spans: `facts.mentions` of kind regulator, company, tie, stage, theory, topic,
deal, subject and scrutiny (id `cma:ai-tie`).
"""
