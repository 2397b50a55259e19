"""The demo: a website, a stand-in Driftrock account, and the collector between them."""
