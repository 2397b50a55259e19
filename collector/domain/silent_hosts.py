"""The host table's sites that send nobody: who comes back from one was on the site before.

Written like the host table, and part of its version.
"""

from __future__ import annotations

PAYMENT = """
paypal - paypal.com paypal.me paypalobjects.com
stripe - stripe.com
google - pay.google.com payments.google.com
amazon - pay.amazon.com pay.amazon.de pay.amazon.co.uk payments.amazon.com payments.amazon.de
apple - apple-pay-gateway.apple.com
shopify - checkout.shopify.com pay.shopify.com shopifypayments.com shop/pay
payu - payu.com payu.pl payu.in payu.ro secure.payu.com
mercadopago - mercadopago.com mercadopago.com.ar mercadopago.com.br mercadopago.com.mx
* - klarna.com klarnapayments.com adyen.com mollie.com sofort.com giropay.de paydirekt.de
* - wero-wallet.eu worldpay.com authorize.net braintreegateway.com braintreepayments.com
* - 2checkout.com verifone.com razorpay.com paytm.com paytm.in alipay.com checkout.com squareup.com
* - square.link afterpay.com clearpay.co.uk affirm.com sezzle.com zip.co laybuy.com arcot.com
* - cardinalcommerce.com 3dsecure.io ideal.nl bancontact.net twint.ch datatrans.com datatrans.ch
* - saferpay.com postfinance.ch computop-paygate.com ogone.com sagepay.com opayo.eu.elavon.com
* - gocardless.com trustly.com przelewy24.pl dotpay.pl tpay.com payone.com unzer.com heidelpay.com
* - paysafecard.com skrill.com neteller.com pagseguro.com.br ebanx.com payfast.co.za paystack.co
* - flutterwave.com iyzico.com paymill.com paymentwall.com secupay.com wirecard.com girosolution.de
* - eps-ueberweisung.at multisafepay.com buckaroo.nl icepay.com pay.nl systempay.fr payplug.com
* - lemonway.com bluesnap.com cybersource.com globalpay.com realexpayments.com securetrading.com
* - paddle.com fastspring.com
"""

SIGN_IN = """
google - accounts.google.com accounts.youtube.com
microsoft - login.microsoftonline.com login.microsoft.com login.live.com account.live.com
microsoft - login.windows.net b2clogin.com login.microsoftonline.us ciamlogin.com
apple - appleid.apple.com idmsa.apple.com account.apple.com
yahoo - login.yahoo.com api.login.yahoo.com login.yahoo.co.jp
facebook - facebook/dialog facebook/login
twitter - api.twitter.com api.x.com twitter/oauth twitter/i/oauth2
linkedin - linkedin/oauth linkedin/uas linkedin/login
github - github/login github/sessions
amazon - amazon/ap signin.aws.amazon.com amazoncognito.com
vk - oauth.vk.com id.vk.com login.vk.com
yandex - passport.yandex.ru passport.yandex.com oauth.yandex.ru
twitch - id.twitch.tv
spotify - accounts.spotify.com
discord - discord/oauth2
openai - auth.openai.com auth0.openai.com
salesforce - login.salesforce.com
atlassian - id.atlassian.com auth.atlassian.com
line - access.line.me
kakao - accounts.kakao.com kauth.kakao.com
naver - nid.naver.com
seznam - login.szn.cz
clerk - clerk.accounts.dev
* - auth0.com okta.com oktapreview.com okta-emea.com onelogin.com pingone.com pingidentity.com
* - duosecurity.com id.me login.gov bankid.com itsme.be netid.de verimi.de mojeid.cz workos.com
* - stytch.com
"""
